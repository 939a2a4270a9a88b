package dev.korm.engine.metadata;

import dev.korm.Document;
import dev.korm.SealException;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.key.MissingKeyException;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerDescription.Location;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The {@code config} of a layer or depot in metadata (korm-format, sections 8 and 8.3): the place of a store, sealed where it holds credentials. */
final class StoredLocation {
    private static final String SEALED = "encrypted";
    private static final String ENVELOPE = "__korm_meta__";

    private final MetadataSeals seals;

    StoredLocation(MetadataSeals seals) {
        this.seals = seals;
    }

    /**
     * Returns the place of a layer.
     *
     * @param where the place of the secret in the metadata
     * @param before what is stored of the same place, which stays as it is while it is right
     */
    Optional<Document> layer(Location location, String where, Optional<Document> before) {
        return StoreFingerprint.config(location).map(config -> sealed(config, location, where, before));
    }

    /** Works as {@link #layer}, for a depot. */
    Optional<Document> depot(Location location, String where, Optional<Document> before) {
        return StoreFingerprint.depotConfig(location).map(config -> sealed(config, location, where, before));
    }

    private Document sealed(Document config, Location location, String where, Optional<Document> before) {
        Optional<String> secret = secret(location);
        if (secret.isEmpty()) {
            return before.orElse(config);
        }
        Optional<Document> kept = before.flatMap(StoredLocation::payload);
        if (kept.isPresent() && (MetadataSeals.isOriginals(kept.get()) || isStill(kept.get(), secret.get(), where))) {
            return before.orElse(config);
        }
        return seals.seal(secret.get(), where)
                .or(() -> kept)
                .map(payload -> config.toBuilder().put(SEALED, payload).build())
                .orElse(config);
    }

    /** Returns what is to be sealed of a place, as JSON; empty where nothing in it is secret. */
    private static Optional<String> secret(Location location) {
        if (location instanceof LayerDescription.Url url) {
            return Optional.of(json(url.url()));
        }
        return location instanceof LayerDescription.Options options
                ? Optional.of(Document.of(new TreeMap<>(options.all())).toJson())
                : Optional.empty();
    }

    private static String json(String text) {
        String object = Document.builder().put("text", text).build().toJson();
        return object.substring("{\"text\":".length(), object.length() - 1);
    }

    private boolean isStill(Document payload, String secret, String where) {
        try {
            return seals.isCurrent(payload) && seals.open(payload, where).equals(secret);
        } catch (SealException | MissingKeyException closed) {
            return false;
        }
    }

    private static Optional<Document> payload(Document config) {
        return config.get(SEALED).filter(Document.class::isInstance).map(Document.class::cast);
    }

    /**
     * Returns the place that was stored.
     *
     * @param identity what tells the store from others, as far as it is known
     * @throws SealException when its credentials do not open
     * @throws MissingKeyException when there is no key for them
     */
    Location read(Document config, String where, String identity) {
        String mode = config.get("mode").map(Object::toString).orElse("");
        Optional<String> path = config.get("path").or(() -> config.get("root")).map(Object::toString);
        if (path.isPresent()) {
            return new LayerDescription.Path(path.get());
        }
        Optional<Document> payload = payload(config);
        if (payload.isEmpty()) {
            return new LayerDescription.Unknown();
        }
        String secret = seals.open(payload.get(), where);
        if (mode.equals("url")) {
            return new LayerDescription.Url(
                    Document.parse("{\"text\":" + secret + "}").text("text"), identity);
        }
        Map<String, Object> options = new HashMap<>();
        Document.parse(secret).asMap().forEach((name, value) -> {
            if (value != null) {
                options.put(name, plain(value));
            }
        });
        return new LayerDescription.Options(Map.of(), options);
    }

    /** Returns a value without the envelope that the original puts around what JSON has no form for. */
    private static Object plain(Object value) {
        if (value instanceof Document object && object.get(ENVELOPE).isPresent()) {
            return object.get(ENVELOPE + ".value").<Object>map(Object::toString).orElse("");
        }
        return value instanceof Document object ? object.toJson() : value;
    }

    /** Returns the texts of an object's members. */
    static Map<String, String> texts(Optional<Document> object) {
        Map<String, String> texts = new TreeMap<>();
        object.ifPresent(members -> {
            List<String> names = new ArrayList<>(members.fieldNames());
            names.forEach(name -> {
                Object value = members.asMap().get(name);
                if (value != null) {
                    texts.put(name, value.toString());
                }
            });
        });
        return texts;
    }
}
