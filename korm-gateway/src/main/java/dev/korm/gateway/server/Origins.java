package dev.korm.gateway.server;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The pages that may connect. A browser names the page's origin, and sends along what the user is known by; so a page of anybody else must not. Programs that are no browsers name none.
 *
 * @param allowed origins such as {@code https://app.example.org}; {@code *} for all
 */
record Origins(Set<String> allowed) {
    Origins {
        allowed = allowed.stream().map(Origins::normal).collect(Collectors.toUnmodifiableSet());
    }

    boolean allows(@Nullable String origin, @Nullable String host) {
        if (origin == null || allowed.contains("*") || allowed.contains(normal(origin))) {
            return true;
        }
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException noOrigin) {
            return false;
        }
    }

    private static String normal(String origin) {
        String lower = origin.toLowerCase(Locale.ROOT);
        return lower.endsWith("/") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
