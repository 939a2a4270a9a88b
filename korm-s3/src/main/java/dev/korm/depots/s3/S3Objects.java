package dev.korm.depots.s3;

import dev.korm.Rn;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileStat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * The mapping of files to objects: their keys, their metadata, and the labels of those whose checksum came too late for
 * it.
 */
final class S3Objects {
    private static final String SHA = "korm-sha256";
    /** Tells an object from one that somebody else stored in its place. */
    static final String PUT = "korm-put";

    private static final String ATTRIBUTE = "korm-a-";
    private static final String LABELS = "labels";

    private final S3Client s3;
    private final String depot;
    private final String bucket;
    private final String prefix;

    S3Objects(S3Client s3, String depot, String bucket, String prefix) {
        this.s3 = s3;
        this.depot = depot;
        this.bucket = bucket;
        this.prefix = prefix.isEmpty() ? "" : prefix + "/";
    }

    /** Returns the key of a file, or what the keys of files below a prefix begin with. */
    String key(Rn<?> rn) {
        String text = rn.toString();
        return prefix + (rn.form() == Rn.Form.PREFIX ? text.substring(0, text.length() - 1) : text);
    }

    /** Returns the RN's text of a key. */
    String text(String key) {
        return key.substring(prefix.length());
    }

    /** Returns the key of something of the depot's own. */
    String own(String... parts) {
        return prefix + "[rn][" + Rn.DEPOT + "::" + depot + "]:" + Depot.OWN + ":" + String.join(":", parts);
    }

    /**
     * Returns the metadata of an object.
     *
     * @param put what tells this object from one that somebody else stored in its place
     */
    static Map<String, String> metadata(Optional<String> sha256, Map<String, String> attributes, String put) {
        Map<String, String> metadata = new HashMap<>();
        attributes.forEach((key, value) -> metadata.put(ATTRIBUTE + key, value));
        sha256.ifPresent(hash -> metadata.put(SHA, hash));
        metadata.put(PUT, put);
        return metadata;
    }

    FileStat stat(
            Rn<?> file,
            long size,
            @Nullable Instant modified,
            String etag,
            @Nullable String type,
            Map<String, String> metadata) {
        Map<String, String> attributes = new HashMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(ATTRIBUTE)) {
                attributes.put(key.substring(ATTRIBUTE.length()), value);
            }
        });
        Optional<String> sha256 = Optional.ofNullable(metadata.get(SHA));
        return new FileStat(
                file,
                size,
                modified == null ? Instant.EPOCH : modified,
                etag,
                sha256.isPresent() || !inParts(etag) ? sha256 : labelled(file, etag),
                Optional.ofNullable(type),
                attributes);
    }

    /** Returns whether the store groups keys by the character that separates the parts of an RN. */
    boolean knowsDelimiter(String prefix) {
        try {
            s3.listObjectsV2(request ->
                    request.bucket(bucket).prefix(prefix).delimiter(":").maxKeys(1));
            return true;
        } catch (SdkException failed) {
            if (S3Failures.isRefused(failed)) {
                return false;
            }
            throw failed;
        }
    }

    /** Returns the ETag of the object if it is the one that a put of ours made. */
    Optional<String> etagOf(Rn<?> file, String put) {
        try {
            HeadObjectResponse head =
                    s3.headObject(request -> request.bucket(bucket).key(key(file)));
            return Optional.of(head)
                    .filter(found -> put.equals(found.metadata().get(PUT)))
                    .map(HeadObjectResponse::eTag);
        } catch (SdkException unknown) {
            return Optional.empty();
        }
    }

    /** Returns whether an object was sent in parts, and so may have a label. */
    static boolean inParts(String etag) {
        return etag.indexOf('-') > 0;
    }

    private String labelKey(Rn<?> file) {
        byte[] name = Digesting.sha256().digest(file.toString().getBytes(StandardCharsets.UTF_8));
        return own(LABELS, HexFormat.of().formatHex(name));
    }

    /** Keeps the checksum of an object that was sent in parts. */
    void label(Rn<?> file, String etag, String sha256) {
        s3.putObject(
                request -> request.bucket(bucket).key(labelKey(file)), RequestBody.fromString(etag + "\n" + sha256));
    }

    private Optional<String> labelled(Rn<?> file, String etag) {
        try {
            String[] label = s3.getObjectAsBytes(
                            request -> request.bucket(bucket).key(labelKey(file)))
                    .asUtf8String()
                    .split("\n");
            return label.length == 2 && label[0].equals(etag) ? Optional.of(label[1]) : Optional.empty();
        } catch (SdkException failed) {
            if (S3Failures.isMissing(failed)) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    void forgetLabel(Rn<?> file) {
        s3.deleteObject(request -> request.bucket(bucket).key(labelKey(file)));
    }
}
