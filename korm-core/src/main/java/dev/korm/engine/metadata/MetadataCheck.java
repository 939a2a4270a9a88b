package dev.korm.engine.metadata;

import dev.korm.Document;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.engine.lock.PoolLocks;
import dev.korm.lock.LockOptions;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.journal.JournalDescription;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The differences between a pool and the configurations stored in its layers, in lines for people: in the order of
 * korm-format, section 8.4, names and paths only.
 */
final class MetadataCheck {
    private static final Set<String> COMPARED = Set.of(
            "version",
            "poolId",
            "metaLayerIdent",
            "layers",
            "depots",
            "wal",
            "locks",
            "backups",
            MetadataDocument.OURS);

    /** How many digits of a fingerprint tell two places apart. */
    private static final int SHOWN = 12;

    private final PoolMetadata own;
    private final FileSystem files;
    private final List<String> lines = new ArrayList<>();

    private MetadataCheck(PoolMetadata own, FileSystem files) {
        this.own = own;
        this.files = files;
    }

    /** Returns the differences; none when there is one configuration, in the right layer, and it is the pool's own. */
    static List<String> differences(PoolMetadata own, List<StoredMetadata> found, FileSystem files) {
        List<String> all = new ArrayList<>();
        for (StoredMetadata stored : found) {
            UnaryOperator<String> told =
                    found.size() == 1 ? line -> line : line -> "in " + quoted(stored.layer()) + ": " + line;
            MetadataCheck check = new MetadataCheck(own, files);
            check.compare(stored);
            check.lines.forEach(line -> all.add(told.apply(line)));
        }
        if (found.size() > 1) {
            all.add("metadata: stored in several layers, "
                    + found.stream().map(stored -> quoted(stored.layer())).collect(Collectors.joining(", ")));
        }
        return all;
    }

    private void compare(StoredMetadata stored) {
        if (stored.config().isEmpty()) {
            lines.add("metadata: stored, but cannot be read");
        } else if (!stored.isOfOurVersion()) {
            lines.add("version: stored "
                    + stored.version().map(Object::toString).orElse("none") + ", here " + PoolMetadata.VERSION);
        } else {
            differ("pool id", stored.text("poolId"), Optional.of(own.id()));
            metaLayer(stored);
            stores("layer", own.layers(), stored.layers(), stored);
            Map<String, LayerDescription> depots = new TreeMap<>();
            own.depots()
                    .forEach((name, depot) -> depots.put(name, new LayerDescription(depot.type(), depot.location())));
            stores("depot", depots, stored.depots(), stored);
            log(stored);
            locks(stored);
            backups(stored);
            ours(stored);
            stored.members().stream()
                    .filter(member -> !COMPARED.contains(member) && stored.has(member))
                    .forEach(member -> lines.add(quoted(member) + ": stored, not in this pool"));
        }
    }

    private void metaLayer(StoredMetadata stored) {
        Optional<String> named = stored.text("metaLayerIdent");
        Optional<String> place = named.equals(own.metaLayer()) ? Optional.of(stored.layer()) : named;
        differ("metadata layer", place, own.metaLayer());
    }

    private void stores(
            String kind,
            Map<String, LayerDescription> mine,
            Map<String, StoredMetadata.Entry> stored,
            StoredMetadata all) {
        Set<String> names = new TreeSet<>(mine.keySet());
        names.addAll(stored.keySet());
        for (String name : names) {
            String layer = kind + " " + quoted(name);
            LayerDescription here = mine.get(name);
            StoredMetadata.Entry there = stored.get(name);
            if (there == null) {
                lines.add(layer + ": in this pool, not stored");
            } else if (here == null) {
                lines.add(layer + ": stored, not in this pool");
            } else if (!there.type().equals(here.type())) {
                differ(layer + " type", Optional.of(there.type()), Optional.of(here.type()));
            } else if (!StoreFingerprint.isStored(here.location(), there.fingerprint(), there.path(), files)) {
                place(
                        layer,
                        there,
                        here,
                        all.ours(kind + "s", name)
                                .flatMap(more -> more.get("place"))
                                .map(Object::toString));
            }
        }
    }

    private void place(String layer, StoredMetadata.Entry there, LayerDescription here, Optional<String> known) {
        if (here.location() instanceof LayerDescription.Path path
                && there.path().isPresent()) {
            differ(layer + " path", there.path(), Optional.of(path.path()));
        } else if (known.isPresent() && here.location() instanceof LayerDescription.Url url) {
            differ(layer + " connection", known, Optional.of(url.identity()));
        } else if (known.isPresent() && here.location() instanceof LayerDescription.Options options) {
            differ(layer + " connection", known, Optional.of(MetadataDocument.identity(options)));
        } else {
            lines.add(layer + " connection: another one is stored");
        }
    }

    private void log(StoredMetadata stored) {
        Optional<JournalDescription> journal = own.parts().journal();
        Optional<JournalDescription> here = journal.filter(MetadataDocument::isInDepot);
        boolean isOurs = stored.has(MetadataDocument.OURS);
        if (stored.has("wal") && here.isPresent()) {
            Map<String, String> settings = here.get().settings();
            differ(
                    "write-ahead log depot",
                    stored.text("wal.depotIdent"),
                    Optional.ofNullable(settings.get(JournalDescription.DEPOT_NAME)));
            differ(
                    "write-ahead log namespace",
                    stored.text("wal.walNamespace"),
                    Optional.of(settings.getOrDefault(JournalDescription.NAMESPACE, own.id())));
            differ(
                    "write-ahead log retention",
                    stored.text("wal.retention"),
                    Optional.ofNullable(settings.get(JournalDescription.RETENTION)));
        } else if (stored.has("wal")) {
            lines.add("write-ahead log: stored, not in this pool");
        } else if (here.isPresent()) {
            lines.add("write-ahead log: in this pool, not stored");
        } else if (isOurs) {
            differ(
                    "journal",
                    stored.object(MetadataDocument.OURS + ".journal").map(MetadataCheck::journal),
                    journal.map(MetadataCheck::journal));
        }
    }

    private static String journal(Document stored) {
        return journal(new JournalDescription(
                stored.get("type").map(Object::toString).orElse(""),
                StoredLocation.texts(StoredMetadata.object(stored, "settings"))));
    }

    private static String journal(JournalDescription journal) {
        String path = journal.settings().get(JournalDescription.PATH);
        return journal.type() + (path == null ? "" : " " + path);
    }

    private void locks(StoredMetadata stored) {
        Optional<PoolLocks.Sharing> here = own.parts().locks();
        if (stored.has("locks") && here.isPresent()) {
            LockOptions options = here.get().options();
            differ("locks layer", stored.text("locks.layerIdent"), here.map(PoolLocks.Sharing::layer));
            differ(
                    "locks lease",
                    stored.text("locks.ttlMs").map(MetadataCheck::millis),
                    Optional.of(millis(String.valueOf(options.lease().toMillis()))));
            differ(
                    "locks retry",
                    stored.text("locks.retryMs").map(MetadataCheck::millis),
                    Optional.of(millis(String.valueOf(options.retry().toMillis()))));
        } else if (stored.has("locks")) {
            lines.add("locks: stored, not in this pool");
        } else if (here.isPresent()) {
            lines.add("locks: in this pool, not stored");
        }
    }

    private static String millis(String number) {
        return number + " ms";
    }

    private void backups(StoredMetadata stored) {
        Optional<Document> here = own.parts().backups().map(RecordedBackups::comparable);
        Optional<Document> there = stored.object("backups").map(RecordedBackups::comparable);
        if (here.isPresent() && there.isPresent()) {
            if (!here.equals(there)) {
                lines.add("backups: stored " + there.get().toJson() + ", here "
                        + here.get().toJson());
            }
        } else if (stored.has("backups")) {
            lines.add("backups: stored, not in this pool");
        } else if (here.isPresent()) {
            lines.add("backups: in this pool, not stored");
        }
    }

    private void ours(StoredMetadata stored) {
        if (stored.has(MetadataDocument.OURS)) {
            boolean kept = stored.config()
                    .flatMap(found -> found.get(MetadataDocument.OURS + ".history"))
                    .filter(Boolean.TRUE::equals)
                    .isPresent();
            if (kept && !own.parts().history()) {
                lines.add("history: stored, not in this pool");
            } else if (!kept && own.parts().history()) {
                lines.add("history: in this pool, not stored");
            }
            own.depots().forEach((name, place) -> {
                if (stored.depots().containsKey(name)) {
                    Optional<Document> more = stored.ours("depots", name);
                    differ(
                            "depot " + quoted(name) + " made of",
                            more.flatMap(found -> StoredMetadata.object(found, "wrapping"))
                                    .map(this::wrappingText),
                            place.wrapping().map(this::wrappingText));
                }
            });
        }
    }

    private String wrappingText(Document wrapping) {
        StringBuilder wrappingText =
                new StringBuilder(wrapping.get("kind").map(Object::toString).orElse(""));
        Optional<Document> inner = StoredMetadata.entry(wrapping, "inner", 0);
        for (int i = 0; inner.isPresent(); inner = StoredMetadata.entry(wrapping, "inner", ++i)) {
            Document depot = inner.get();
            wrappingText
                    .append(i == 0 ? " " : ", ")
                    .append(StoredMetadata.object(depot, "wrapping")
                            .map(this::wrappingText)
                            .orElseGet(() -> one(
                                    depot.get("type").map(Object::toString).orElse(""),
                                    StoredMetadata.Entry.of(depot).path(),
                                    depot.get("fingerprint").map(Object::toString))));
        }
        return wrappingText.toString();
    }

    private String wrappingText(DepotDescription.Wrapping wrapping) {
        List<String> inner = new ArrayList<>();
        wrapping.inner()
                .forEach(depot -> inner.add(depot.wrapping()
                        .map(this::wrappingText)
                        .orElseGet(() -> one(
                                depot.type(),
                                depot.location() instanceof LayerDescription.Path path
                                        ? Optional.of(path.path())
                                        : Optional.empty(),
                                StoreFingerprint.fingerprint(depot.location())))));
        return wrapping.kind() + " " + String.join(", ", inner);
    }

    private String one(String type, Optional<String> path, Optional<String> fingerprint) {
        return type
                + path.map(this::absolute)
                        .or(() -> fingerprint.map(hash -> hash.substring(0, Math.min(SHOWN, hash.length()))))
                        .map(place -> " " + place)
                        .orElse("");
    }

    private String absolute(String path) {
        try {
            return files.getPath(path).toAbsolutePath().normalize().toString();
        } catch (InvalidPathException fromAnotherSystem) {
            return path;
        }
    }

    private void differ(String what, Optional<String> stored, Optional<String> here) {
        if (!stored.equals(here)) {
            lines.add(what + ": stored " + stored.map(MetadataCheck::quoted).orElse("none") + ", here "
                    + here.map(MetadataCheck::quoted).orElse("none"));
        }
    }

    private static String quoted(String name) {
        return '"' + name + '"';
    }
}
