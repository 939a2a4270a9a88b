package dev.korm.kalam.auth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a login or a refresh. Its text tells the user and the times alone, never a token.
 *
 * @param user the user's id
 * @param role the role, in lower case
 * @param accessToken the token for requests
 * @param expiresAt when it expires
 * @param refreshToken the token that {@code refreshToken} takes
 * @param refreshExpiresAt when that expires
 */
public record LoginResponse(
        String user,
        String role,
        String accessToken,
        @Nullable Instant expiresAt,
        @Nullable String refreshToken,
        @Nullable Instant refreshExpiresAt) {
    @Override
    public String toString() {
        return "LoginResponse[user=" + user + ", role=" + role + ", expiresAt=" + expiresAt + "]";
    }
}
