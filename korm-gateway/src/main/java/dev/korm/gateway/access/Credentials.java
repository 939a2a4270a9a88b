package dev.korm.gateway.access;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The credentials that a client shows when it connects. {@code toString} shows none of them.
 *
 * @param token the token: from the header {@code Authorization: Bearer …}, or, since browsers cannot set it, from the WebSocket subprotocol {@code korm.bearer.…}
 * @param headers the headers of the request by their names in lower case, the first value of each; empty when a client renews its token
 */
public record Credentials(Optional<String> token, Map<String, String> headers) {
    public Credentials {
        requireNonNull(token, "token");
        headers = requireNonNull(headers, "headers").entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        header -> header.getKey().toLowerCase(Locale.ROOT),
                        Map.Entry::getValue,
                        (first, other) -> first));
    }

    @Override
    public String toString() {
        return "Credentials[" + (token.isPresent() ? "a token" : "no token") + ", " + headers.size() + " headers]";
    }
}
