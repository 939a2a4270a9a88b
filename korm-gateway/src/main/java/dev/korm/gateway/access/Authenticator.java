package dev.korm.gateway.access;

import static dev.korm.argument.NullArgumentException.requireNonNull;

/**
 * Decides who a client is. A client says nothing about its tenant or user that is believed without this.
 *
 * <p>{@link JwtAuthenticator} reads tokens. Called by many threads, and may block for a few seconds.
 */
@FunctionalInterface
public interface Authenticator {
    /**
     * Returns who shows these credentials.
     *
     * @throws AuthenticationException when they prove nobody
     */
    Identity authenticate(Credentials credentials);

    /** Returns an authenticator for which everybody is the user {@code anonymous} of one tenant; for networks where that is meant. */
    static Authenticator anonymous(String tenant) {
        Identity anonymous = Identity.of(requireNonNull(tenant, "tenant"), "anonymous");
        return credentials -> {
            requireNonNull(credentials, "credentials");
            return anonymous;
        };
    }
}
