package dev.korm.engine.metadata;

import dev.korm.Document;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.engine.lock.PoolLocks;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerDescription.Location;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotDescription.Wrapping;
import dev.korm.spi.journal.JournalDescription;
import java.nio.file.FileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON of a pool's configuration, in the original's form (korm-format, section 8), members in its order. What the original knows nothing of is in
 * one more member, {@value #OURS}, which it leaves alone when it compares and drops when it opens the pool itself.
 *
 * <p>What is stored and right stays to the letter: so fingerprints and credentials that the original has written can be read by it.
 */
final class MetadataDocument {
    /** The member with what only this korm knows. */
    static final String OURS = "korm";

    private static final long OUR_VERSION = 1;

    private final PoolMetadata own;
    private final Optional<StoredMetadata> before;
    private final StoredLocation places;
    private final FileSystem files;

    private MetadataDocument(PoolMetadata own, Optional<StoredMetadata> before, MetadataSeals seals, FileSystem files) {
        this.own = own;
        this.before = before;
        this.places = new StoredLocation(seals);
        this.files = files;
    }

    /** Returns the configuration as it is to be stored, in place of one that is stored already. */
    static Document of(PoolMetadata own, Optional<StoredMetadata> before, MetadataSeals seals, FileSystem files) {
        return new MetadataDocument(own, before, seals, files).document();
    }

    private Document document() {
        Document.Builder config =
                Document.builder().put("version", PoolMetadata.VERSION).put("poolId", own.id());
        own.metaLayer().ifPresent(name -> config.put("metaLayerIdent", name));
        List<Document> layers = new ArrayList<>();
        own.layers().forEach((name, place) -> layers.add(layer(name, place)));
        List<Document> depots = new ArrayList<>();
        own.depots().forEach((name, place) -> depots.add(depot(name, place)));
        config.put("layers", layers).put("depots", depots);
        own.parts().journal().filter(MetadataDocument::isInDepot).ifPresent(wal -> config.put("wal", log(wal)));
        own.parts().locks().ifPresent(locks -> config.put("locks", locks(locks)));
        own.parts().backups().ifPresent(backups -> config.put("backups", backups));
        return config.put(OURS, ours()).build();
    }

    static boolean isInDepot(JournalDescription journal) {
        return journal.type().equals(JournalDescription.DEPOT);
    }

    private Document layer(String name, LayerDescription place) {
        Optional<StoredMetadata.Entry> stored = before.map(StoredMetadata::layers)
                .map(entries -> entries.get(name))
                .filter(entry -> isRight(entry, place.type(), place.location()));
        Document.Builder entry = Document.builder().put("ident", name).put("type", place.type());
        fingerprint(place.location(), stored).ifPresent(hash -> entry.put("fingerprint", hash));
        places.layer(place.location(), "layers." + name, stored.flatMap(StoredMetadata.Entry::config))
                .ifPresent(config -> entry.put("config", config));
        return entry.build();
    }

    private Document depot(String name, DepotDescription place) {
        Optional<StoredMetadata.Entry> stored = before.map(StoredMetadata::depots)
                .map(entries -> entries.get(name))
                .filter(entry -> isRight(entry, place.type(), place.location()));
        Document.Builder entry = Document.builder().put("ident", name).put("type", place.type());
        fingerprint(place.location(), stored).ifPresent(hash -> entry.put("fingerprint", hash));
        places.depot(place.location(), "depots." + name, stored.flatMap(StoredMetadata.Entry::config))
                .ifPresent(config -> entry.put("config", config));
        return entry.build();
    }

    private boolean isRight(StoredMetadata.Entry entry, String type, Location location) {
        return entry.type().equals(type)
                && StoreFingerprint.isStored(location, entry.fingerprint(), entry.path(), files);
    }

    private static Optional<String> fingerprint(Location location, Optional<StoredMetadata.Entry> stored) {
        return stored.flatMap(StoredMetadata.Entry::fingerprint).or(() -> StoreFingerprint.fingerprint(location));
    }

    private Document log(JournalDescription journal) {
        Map<String, String> settings = journal.settings();
        return Document.builder()
                .put("depotIdent", settings.get(JournalDescription.DEPOT_NAME))
                .put("walNamespace", settings.getOrDefault(JournalDescription.NAMESPACE, own.id()))
                .put("retention", settings.getOrDefault(JournalDescription.RETENTION, JournalDescription.DELETE))
                // The original's choice stays; changes of this korm have their files with them in any case.
                .put(
                        "depotOps",
                        before.flatMap(stored -> stored.text("wal.depotOps")).orElse("record"))
                .build();
    }

    private Document locks(PoolLocks.Sharing locks) {
        return Document.builder()
                .put("layerIdent", locks.layer())
                .put("ttlMs", locks.options().lease().toMillis())
                .put("retryMs", locks.options().retry().toMillis())
                .put(
                        "refreshMs",
                        before.filter(stored -> !stored.has(OURS))
                                .flatMap(stored -> stored.number("locks.refreshMs"))
                                .orElse(locks.options().renewal().toMillis()))
                .build();
    }

    private Document ours() {
        PoolParts parts = own.parts();
        Document.Builder ours = Document.builder().put("version", OUR_VERSION).put("history", parts.history());
        parts.journal().ifPresent(journal -> ours.put("journal", journal(journal)));
        Document.Builder layers = Document.builder();
        own.layers().forEach((name, place) -> {
            Document.Builder more = Document.builder();
            if (place.location() instanceof LayerDescription.Url url) {
                more.put("place", url.identity());
            } else if (place.location() instanceof LayerDescription.Options options) {
                more.put("place", identity(options));
            }
            if (!place.settings().isEmpty()) {
                more.put("settings", sorted(place.settings()));
            }
            put(layers, name, more.build());
        });
        put(ours, "layers", layers.build());
        Document.Builder depots = Document.builder();
        own.depots().forEach((name, place) -> {
            Document.Builder more = Document.builder();
            if (place.location() instanceof LayerDescription.Options options) {
                more.put("place", identity(options));
            }
            String release = parts.releases().get(name);
            if (release != null) {
                more.put("release", release);
            }
            place.wrapping()
                    .ifPresent(around -> more.put("wrapping", wrapping(around, "depots." + name, wrapped(name))));
            put(depots, name, more.build());
        });
        put(ours, "depots", depots.build());
        put(ours, "homes", sorted(parts.homes()));
        return ours.build();
    }

    private Optional<Document> wrapped(String depot) {
        return before.flatMap(stored -> stored.ours("depots", depot))
                .flatMap(more -> StoredMetadata.object(more, "wrapping"));
    }

    private static Document journal(JournalDescription journal) {
        return Document.builder()
                .put("type", journal.type())
                .put("settings", sorted(journal.settings()))
                .build();
    }

    /** Returns a depot that is made of others, which have no fingerprint of their own but for this. */
    private Document wrapping(Wrapping wrapping, String where, Optional<Document> stored) {
        List<Document> inner = new ArrayList<>();
        for (int i = 0; i < wrapping.inner().size(); i++) {
            DepotDescription depot = wrapping.inner().get(i);
            String place = where + "." + wrapping.kind() + "." + i;
            int index = i;
            Optional<Document> was = stored.flatMap(found -> StoredMetadata.entry(found, "inner", index))
                    .filter(entry -> isRight(StoredMetadata.Entry.of(entry), depot.type(), depot.location()));
            Document.Builder entry = Document.builder().put("type", depot.type());
            StoreFingerprint.fingerprint(depot.location()).ifPresent(hash -> entry.put("fingerprint", hash));
            places.depot(depot.location(), place, was.flatMap(found -> StoredMetadata.object(found, "config")))
                    .ifPresent(config -> entry.put("config", config));
            depot.wrapping()
                    .ifPresent(around -> entry.put(
                            "wrapping",
                            wrapping(around, place, was.flatMap(found -> StoredMetadata.object(found, "wrapping")))));
            inner.add(entry.build());
        }
        return Document.builder()
                .put("kind", wrapping.kind())
                .put("inner", inner)
                .build();
    }

    private static void put(Document.Builder to, String name, Document value) {
        if (!value.isEmpty()) {
            to.put(name, value);
        }
    }

    private static Document sorted(Map<String, String> texts) {
        Document.Builder sorted = Document.builder();
        texts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted.build();
    }

    /** Returns options that hold no credentials, for people. */
    static String identity(LayerDescription.Options options) {
        StringBuilder text = new StringBuilder();
        options.identity().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(option -> text.append(text.isEmpty() ? "" : ", ")
                        .append(option.getKey())
                        .append(' ')
                        .append(option.getValue()));
        return text.toString();
    }
}
