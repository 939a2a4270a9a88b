package dev.korm.engine.metadata;

import dev.korm.Document;
import dev.korm.crypto.Payload;
import dev.korm.crypto.SecretLocation;
import dev.korm.engine.key.PoolSecrets;
import dev.korm.key.MissingKeyException;
import dev.korm.spi.query.TableName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The sealing of what is secret in a pool's metadata: each value for its own place in it. Without a key nothing is sealed, and then nothing secret is
 * kept.
 */
final class MetadataSeals {
    /** What the secrets belong to; no item has such an id. */
    private static final TableName OWNER = TableName.items("korm", "pool");

    private static final String MARK = "__ENCRYPTED__";

    private final PoolSecrets secrets;
    private final String metaLayer;

    /** @param metaLayer the layer that keeps the metadata, a part of each value's place */
    MetadataSeals(PoolSecrets secrets, String metaLayer) {
        this.secrets = secrets;
        this.metaLayer = metaLayer;
    }

    private SecretLocation place(String where) {
        return secrets.layer(metaLayer).item(OWNER, "pool").column("config").member(where);
    }

    /** Returns a JSON text sealed for a place; empty where there is no key. */
    Optional<Document> seal(String json, String where) {
        byte[] plain = json.getBytes(StandardCharsets.UTF_8);
        SecretLocation place = place(where);
        Payload sealed;
        try {
            sealed = place.sealer().seal(plain, place);
        } catch (MissingKeyException none) {
            return Optional.empty();
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
        return Optional.of(Document.builder()
                .put(MARK, true)
                .put("type", sealed.type())
                .put("value", sealed.value())
                .put("dataType", sealed.dataType())
                .put("iv", sealed.iv())
                .put("authTag", sealed.authTag())
                .put("v", sealed.version())
                .put("kid", sealed.keyId())
                .build());
    }

    /**
     * Returns the JSON text that was sealed for a place, by this korm or by the original.
     *
     * @throws dev.korm.SealException when it does not open
     * @throws MissingKeyException when there is no key
     */
    String open(Document sealed, String where) {
        SecretLocation place = place(where);
        byte[] plain = place.sealer()
                .open(
                        new Payload(
                                text(sealed, "type").orElse(""),
                                text(sealed, "value").orElse(""),
                                text(sealed, "dataType").orElse(null),
                                text(sealed, "iv").orElse(null),
                                text(sealed, "authTag").orElse(null),
                                version(sealed),
                                text(sealed, "kid").orElse(null)),
                        place);
        try {
            return new String(plain, StandardCharsets.UTF_8);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** Returns whether a value was sealed with the key that is current, and by this korm. */
    boolean isCurrent(Document sealed) {
        try {
            return version(sealed) == Payload.VERSION
                    && text(sealed, "kid").equals(Optional.of(secrets.ring().currentId()));
        } catch (MissingKeyException none) {
            return true;
        }
    }

    /** Returns whether the original has sealed it, which then has to be able to open it. */
    static boolean isOriginals(Document sealed) {
        return version(sealed) == 0;
    }

    private static long version(Document sealed) {
        return sealed.get("v")
                .filter(Long.class::isInstance)
                .map(Long.class::cast)
                .orElse(0L);
    }

    private static Optional<String> text(Document sealed, String member) {
        return sealed.get(member).map(Object::toString);
    }
}
