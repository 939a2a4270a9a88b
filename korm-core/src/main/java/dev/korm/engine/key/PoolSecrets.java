package dev.korm.engine.key;

import dev.korm.crypto.LayerSealer;
import dev.korm.crypto.Sealer;
import dev.korm.key.KeyRing;
import dev.korm.spi.environment.Environment;
import org.jspecify.annotations.Nullable;

/** The sealers of a pool. Safe for many threads. */
public final class PoolSecrets implements AutoCloseable {
    private final Sealer sealer;
    /** The ring that the pool has made for itself. */
    private final @Nullable KeyRing own;

    /** @param given the user's ring; null for the environment's */
    public PoolSecrets(@Nullable KeyRing given, Environment environment) {
        this.own = given == null
                ? KeyRing.fromEnvironment(name -> environment.variable(name).orElse(null))
                : null;
        this.sealer = new Sealer(own != null ? own : java.util.Objects.requireNonNull(given), environment.random());
    }

    /** Returns the keys. */
    public KeyRing ring() {
        return sealer.ring();
    }

    /** Returns the sealer of a layer's items. */
    public LayerSealer layer(String name) {
        return sealer.layer(name);
    }

    /** Overwrites every key that the pool has made or found by itself. */
    @Override
    public void close() {
        sealer.close();
        if (own != null) {
            own.close();
        }
    }
}
