package dev.korm.gateway.access;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * A client, as its authenticator knows it.
 *
 * @param tenant the tenant, beyond which the client sees nothing
 * @param user the user
 * @param expires when the client's credentials end; its connection ends then, unless it gives newer ones
 */
public record Identity(String tenant, String user, Optional<Instant> expires) {
    public Identity {
        requireNonNull(tenant, "tenant");
        requireNonNull(user, "user");
        requireNonNull(expires, "expires");
    }

    /** Returns the identity of a user of a tenant, without an end. */
    public static Identity of(String tenant, String user) {
        return new Identity(tenant, user, Optional.empty());
    }

    /** Returns whether both are the same user of the same tenant. */
    public boolean isSameAs(Identity other) {
        return tenant.equals(other.tenant) && user.equals(other.user);
    }
}
