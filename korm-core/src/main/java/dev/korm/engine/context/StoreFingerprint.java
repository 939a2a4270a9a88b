package dev.korm.engine.context;

import dev.korm.Document;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerDescription.Location;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The location of a layer, in the form in which metadata keeps it: a fingerprint to compare, and the parts that may be
 * shown.
 *
 * <p>Fingerprints that the original wrote are of URLs and options with their credentials. They are known again, but not written:
 * a hash without a key can be tried out.
 */
public final class StoreFingerprint {
    private static final int DEPOT_DIGITS = 12;

    private StoreFingerprint() {}

    /** Returns the stored fingerprint; empty where nothing is known of the location. */
    public static Optional<String> fingerprint(Location location) {
        if (location instanceof LayerDescription.Path path) {
            return Optional.of(fingerprint(path.path()));
        }
        if (location instanceof LayerDescription.Url url) {
            return Optional.of(fingerprint(url.identity()));
        }
        return location instanceof LayerDescription.Options options
                ? Optional.of(fingerprint(options.identity()))
                : Optional.empty();
    }

    /** Returns the fingerprint that the original would have written. */
    private static Optional<String> originalFingerprint(Location location) {
        if (location instanceof LayerDescription.Url url) {
            return Optional.of(fingerprint(url.url()));
        }
        return location instanceof LayerDescription.Options options
                ? Optional.of(fingerprint(options.all()))
                : fingerprint(location);
    }

    public static String fingerprint(String text) {
        String json = Document.builder().put("text", text).build().toJson();
        return sha256(json.substring("{\"text\":".length(), json.length() - 1));
    }

    public static String fingerprint(Map<String, Object> options) {
        return sha256(Document.of(new TreeMap<>(options)).toJson());
    }

    /** Lower-case hex. */
    public static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every Java has SHA-256", missing);
        }
    }

    /**
     * Returns the configuration that is stored beside the fingerprint; it holds nothing secret, as long as there is no
     * key to seal it with.
     */
    public static Optional<Document> config(Location location) {
        if (location instanceof LayerDescription.Path path) {
            return Optional.of(Document.builder()
                    .put("mode", "path")
                    .put("path", path.path())
                    .build());
        }
        if (location instanceof LayerDescription.Url) {
            return Optional.of(Document.builder().put("mode", "url").build());
        }
        return location instanceof LayerDescription.Options
                ? Optional.of(Document.builder().put("mode", "options").build())
                : Optional.empty();
    }

    /** Works as {@link #config}, for a depot. */
    public static Optional<Document> depotConfig(Location location) {
        if (location instanceof LayerDescription.Path path) {
            return Optional.of(Document.builder()
                    .put("mode", "local")
                    .put("root", path.path())
                    .build());
        }
        return location instanceof LayerDescription.Unknown
                ? Optional.empty()
                : Optional.of(Document.builder().put("mode", "s3").build());
    }

    /** Returns whether a place is the one that is stored, under whichever spelling of its path. */
    public static boolean isStored(
            Location location, Optional<String> fingerprint, Optional<String> path, FileSystem files) {
        if (location instanceof LayerDescription.Unknown) {
            return true;
        }
        return fingerprint(location).equals(fingerprint)
                || originalFingerprint(location).equals(fingerprint)
                || (location instanceof LayerDescription.Options options
                        && fingerprint
                                .filter(stored -> isBucket(options.all(), stored))
                                .isPresent())
                || (location instanceof LayerDescription.Path own
                        && path.isPresent()
                        && isOneFile(own.path(), path.get(), files));
    }

    /** Returns whether the original has stored that bucket: among its options it hashes an identifier that is made of them as they were given. */
    private static boolean isBucket(Map<String, Object> options, String fingerprint) {
        Object bucket = options.get("bucket");
        if (bucket == null) {
            return false;
        }
        String endpoint = text(options, "endpoint");
        for (String region : List.of(text(options, "region"), "")) {
            String parts = String.join("|", "s3", endpoint, bucket.toString(), region, text(options, "prefix"));
            Map<String, Object> original = new TreeMap<>(options);
            original.put("identifier", depotName("s3", parts));
            if (fingerprint(original).equals(fingerprint)) {
                return true;
            }
        }
        return false;
    }

    private static String text(Map<String, Object> options, String name) {
        Object value = options.get(name);
        return value == null ? "" : value.toString();
    }

    /** Returns the name that the original gives a depot without one. */
    static String depotName(String type, String parts) {
        return "korm_" + type + "_" + sha256(parts).substring(0, DEPOT_DIGITS);
    }

    private static boolean isOneFile(String one, String other, FileSystem files) {
        try {
            return absolute(one, files).equals(absolute(other, files));
        } catch (InvalidPathException fromAnotherSystem) {
            return false;
        }
    }

    private static Path absolute(String path, FileSystem files) {
        return files.getPath(path).toAbsolutePath().normalize();
    }
}
