package dev.korm.depots.sealed;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.key.KeyRing;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;

/**
 * Files sealed before they reach another depot, by AES-256-GCM, piece by piece: what is read is what was stored under that name,
 * or an error. A file that was cut short, put together anew, or stored under the name of another does not open.
 *
 * <pre>{@code
 * KeyRing ring = KeyRing.fromEnvironment();
 * Korm.pool().keys(ring).depot("files", SealedDepot.in(S3Depot.bucket("invoices"), ring))
 * }</pre>
 *
 * <p>The ring may be the pool's: files get keys of their own, derived from those of the ring, which tell nothing about those that
 * seal fields. A file carries the id of its key, so older files open as long as the ring has their keys. A file that is stored anew,
 * also by a copy onto itself, is sealed with the current one.
 *
 * <p>Names, sizes, content types and attributes are not sealed. Since each file is sealed for its name, with that of its depot,
 * copies are sealed anew.
 *
 * <p>Immutable. The ring stays the caller's.
 */
public final class SealedDepot implements DepotSource {
    private final DepotSource inner;
    private final KeyRing ring;

    private SealedDepot(DepotSource inner, KeyRing ring) {
        this.inner = inner;
        this.ring = ring;
    }

    /**
     * Returns the files of another depot, sealed with keys of a ring. No key is asked for before the first file is.
     *
     * <p>A file whose key the ring does not have, or no longer, is a {@link dev.korm.key.MissingKeyException}.
     */
    public static SealedDepot in(DepotSource inner, KeyRing ring) {
        requireNonNull(inner, "inner");
        requireNonNull(ring, "ring");
        return new SealedDepot(inner, ring);
    }

    @Override
    public DepotDescription description() {
        return DepotDescription.around("sealed", inner.description());
    }

    @Override
    public Depot open(String name, Environment environment) {
        requireNonNull(name, "name");
        requireNonNull(environment, "environment");
        return new OpenSealedDepot(inner.open(name, environment), ring, environment.random());
    }

    @Override
    public String toString() {
        return "SealedDepot[" + inner + "]";
    }
}
