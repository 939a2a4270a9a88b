package dev.korm.depots;

import dev.korm.spi.Depot;
import dev.korm.spi.DepotDescription;
import dev.korm.spi.DepotSource;
import dev.korm.spi.Environment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Files sealed before they reach another depot, by AES-256-GCM, piece by piece: what is read is what was stored under that name,
 * or an error. A file that was cut short, put together anew, or stored under the name of another does not open.
 *
 * <pre>{@code
 * .depot("files", SealedDepot.in(S3Depot.bucket("invoices"), SealedDepot.Keys.of(SealedDepot.Key.of("2026", secret))))
 * }</pre>
 *
 * <p>Names, sizes, content types and attributes are not sealed. A file carries the id of its key, so older files open after
 * {@link Keys#current} has changed. Since each file is sealed for its name, with that of its depot, copies are sealed anew.
 *
 * <p>Immutable.
 */
public final class SealedDepot implements DepotSource {
    private final DepotSource inner;
    private final Keys keys;

    private SealedDepot(DepotSource inner, Keys keys) {
        this.inner = inner;
        this.keys = keys;
    }

    /** The files of another depot, sealed. */
    public static SealedDepot in(DepotSource inner, Keys keys) {
        return new SealedDepot(inner, keys);
    }

    @Override
    public DepotDescription description() {
        return inner.description();
    }

    @Override
    public Depot open(String name, Environment environment) {
        return new OpenSealedDepot(inner.open(name, environment), keys, environment.random());
    }

    @Override
    public String toString() {
        return "SealedDepot[" + inner + "]";
    }

    /** Where keys come from. Safe for many threads. */
    public interface Keys {
        /** The key that new files are sealed with. */
        Key current();

        /** The key of that id; empty when it is not known. */
        Optional<Key> byId(String id);

        /** Keys that are known beforehand. */
        static Keys of(Key current, Key... older) {
            Map<String, Key> all = new HashMap<>();
            for (Key key : older) {
                all.put(key.id(), key);
            }
            all.put(current.id(), current);
            return new Keys() {
                @Override
                public Key current() {
                    return current;
                }

                @Override
                public Optional<Key> byId(String id) {
                    return Optional.ofNullable(all.get(id));
                }
            };
        }
    }

    /** A key, and what it is called. Shows nothing of itself. */
    public static final class Key {
        private static final int SIZE = 32;

        private final String id;
        private final byte[] secret;

        private Key(String id, byte[] secret) {
            this.id = id;
            this.secret = secret;
        }

        /**
         * A key.
         *
         * @param id 1 to 64 letters, digits and {@code - _ .}; it stands in every file
         * @param secret 32 bytes that nobody can guess
         */
        public static Key of(String id, byte[] secret) {
            if (!id.matches("[A-Za-z0-9._-]{1,64}")) {
                throw new IllegalArgumentException("A key's id is 1 to 64 letters, digits and - _ .");
            }
            if (secret.length != SIZE) {
                throw new IllegalArgumentException("A key has " + SIZE + " bytes");
            }
            return new Key(id, secret.clone());
        }

        public String id() {
            return id;
        }

        byte[] secret() {
            return secret.clone();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key
                    && key.id.equals(id)
                    && java.security.MessageDigest.isEqual(key.secret, secret);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(secret);
        }

        @Override
        public String toString() {
            return "Key " + id;
        }
    }
}
