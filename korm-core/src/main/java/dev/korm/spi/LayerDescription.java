package dev.korm.spi;

import static dev.korm.argument.NullArgumentException.requireEntries;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.Map;
import java.util.TreeMap;

/**
 * The identity of the store that a source opens, for the pool's metadata: by it a pool notices that another store is
 * opened under the name of one of its layers. What is secret in it is written sealed, or not at all.
 *
 * @param type the kind of store, such as {@code sqlite}; of the original's kinds {@code sqlite}, {@code pg} and {@code mysql}
 * @param location which store of the kind
 * @param settings what else has to be said to open it as it was, such as how a connection is secured; kept as it is and not compared, so nothing secret
 */
public record LayerDescription(String type, Location location, Map<String, String> settings) {
    public LayerDescription {
        requireNonNull(type, "type");
        requireNonNull(location, "location");
        settings = Map.copyOf(requireEntries(settings, "settings"));
    }

    public LayerDescription(String type, Location location) {
        this(type, location, Map.of());
    }

    /** Returns a store of which nothing is known but its kind. */
    public static LayerDescription of(String type) {
        return new LayerDescription(type, new Unknown());
    }

    /** Returns the same with a setting. */
    public LayerDescription with(String setting, String value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(requireNonNull(setting, "setting"), requireNonNull(value, "value"));
        return new LayerDescription(type, location, more);
    }

    /** The location of a store. */
    public sealed interface Location {}

    /** Any store of the kind. */
    public record Unknown() implements Location {}

    /**
     * A file, or a word for what is none. Kept as it is.
     *
     * @param path as it was spelt
     */
    public record Path(String path) implements Location {
        public Path {
            requireNonNull(path, "path");
        }
    }

    /**
     * A connection by URL.
     *
     * @param url as it was given, a secret as a whole, since credentials may stand anywhere in it
     * @param identity what tells the store from others, without credentials: {@code postgres://db.example:5432/app}; two URLs
     *     of one identity are one store, whoever connects
     */
    public record Url(String url, String identity) implements Location {
        public Url {
            requireNonNull(url, "url");
            requireNonNull(identity, "identity");
        }

        @Override
        public String toString() {
            return "Url[" + identity + "]";
        }
    }

    /**
     * A connection by options. Their values are {@link String}, {@link Long} or {@link Boolean}.
     *
     * @param identity those that tell the store from others, such as host, port and database; no credentials
     * @param secret the others
     */
    public record Options(Map<String, Object> identity, Map<String, Object> secret) implements Location {
        public Options {
            identity = Map.copyOf(requireEntries(identity, "identity"));
            secret = Map.copyOf(requireEntries(secret, "secret"));
        }

        /** Returns all of them, by name: a secret as a whole. */
        public Map<String, Object> all() {
            Map<String, Object> all = new TreeMap<>(identity);
            all.putAll(secret);
            return all;
        }

        @Override
        public String toString() {
            return "Options" + new TreeMap<>(identity);
        }
    }
}
