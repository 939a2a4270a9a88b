package dev.korm.kalam.http;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.auth.AuthProvider;
import dev.korm.kalam.settings.Limits;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.settings.Timeouts;
import java.net.URI;

/**
 * The settings of requests.
 *
 * @param server the address, without a slash at its end
 * @param provider who gives credentials
 * @param credentials how often it is asked
 * @param reads how often reads are repeated whose connection failed
 */
public record RequestSettings(
        URI server,
        AuthProvider provider,
        Auth initial,
        RetryPolicy credentials,
        RetryPolicy reads,
        Timeouts timeouts,
        Limits limits,
        boolean autoRefresh) {}
