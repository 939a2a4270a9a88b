package dev.korm.engine.metadata;

import dev.korm.engine.context.StoreFingerprint;
import dev.korm.spi.LayerDescription;
import java.nio.file.FileSystem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The differences between a pool and the configurations stored in its layers, in lines for people: in the order of
 * korm-format, section 8.4, names and paths only.
 */
final class MetadataCheck {
    private static final Set<String> COMPARED =
            Set.of("version", "poolId", "metaLayerIdent", "layers", "depots", "wal", "locks", "backups");

    /** What the original keeps and this pool has nothing of, as people call it. */
    private static final Map<String, String> FOREIGN = foreign();

    private final PoolMetadata own;
    private final FileSystem files;
    private final List<String> lines = new ArrayList<>();

    private MetadataCheck(PoolMetadata own, FileSystem files) {
        this.own = own;
        this.files = files;
    }

    private static Map<String, String> foreign() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("wal", "write-ahead log");
        names.put("locks", "locks");
        names.put("backups", "backups");
        return names;
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
            stores("layer", own.layers(), stored.layers());
            stores("depot", own.depots(), stored.depots());
            FOREIGN.forEach((member, name) -> onlyStored(stored, member, name));
            stored.members().stream()
                    .filter(member -> !COMPARED.contains(member))
                    .forEach(member -> onlyStored(stored, member, quoted(member)));
        }
    }

    private void metaLayer(StoredMetadata stored) {
        Optional<String> named = stored.text("metaLayerIdent");
        Optional<String> place = named.equals(own.metaLayer()) ? Optional.of(stored.layer()) : named;
        differ("metadata layer", place, own.metaLayer());
    }

    private void stores(String kind, Map<String, LayerDescription> mine, Map<String, StoredMetadata.Entry> stored) {
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
                place(layer, there, here);
            }
        }
    }

    private void place(String layer, StoredMetadata.Entry there, LayerDescription here) {
        if (here.location() instanceof LayerDescription.Path path
                && there.path().isPresent()) {
            differ(layer + " path", there.path(), Optional.of(path.path()));
        } else {
            lines.add(layer + " connection: another one is stored");
        }
    }

    private void onlyStored(StoredMetadata stored, String member, String name) {
        if (stored.has(member)) {
            lines.add(name + ": stored, not in this pool");
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
