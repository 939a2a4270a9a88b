package dev.korm.engine.key;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.key.KeyInUseException;
import dev.korm.key.KeyReport;
import dev.korm.key.KeyRing;
import dev.korm.key.KeyUse;
import dev.korm.key.Keys;
import dev.korm.key.Rotation;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The keys of a pool. Immutable. */
public final class PoolKeys implements Keys {
    private final PoolContext pool;
    private final KeyRing ring;

    public PoolKeys(PoolContext pool, KeyRing ring) {
        this.pool = pool;
        this.ring = ring;
    }

    @Override
    public String currentId() {
        pool.lifecycle().requireOpen();
        return ring.currentId();
    }

    @Override
    public KeyReport report() {
        List<KeyUse> uses = new ArrayList<>();
        for (String name : pool.layers().names()) {
            OpenLayer layer = pool.layers().layer(name);
            for (TableSchema schema : layer.items()) {
                SecretTable table = new SecretTable(schema, layer.seals());
                if (!table.isEmpty()) {
                    uses.addAll(uses(layer, table));
                }
            }
            uses.addAll(usesOfVersions(layer));
        }
        return new KeyReport(uses);
    }

    /** Returns the keys that versions of items need, by the collection and column that they are of. */
    private static List<KeyUse> usesOfVersions(OpenLayer layer) {
        Map<TableName, Map<Counted, Long>> counts = new LinkedHashMap<>();
        new VersionSecrets(layer).keyIds((table, column, keyId) -> counts.computeIfAbsent(table, any -> new TreeMap<>())
                .merge(new Counted(keyId, column + " (history)", KeyUse.Kind.VALUES), 1L, Long::sum));
        List<KeyUse> uses = new ArrayList<>();
        counts.forEach((table, ofTable) -> {
            Rn<?> collection = Rn.collection(table.namespace(), table.kind()).from(layer.layer());
            ofTable.forEach((counted, count) ->
                    uses.add(new KeyUse(counted.keyId(), collection, counted.column(), counted.kind(), count)));
        });
        return uses;
    }

    private record Counted(String keyId, String column, KeyUse.Kind kind) implements Comparable<Counted> {
        @Override
        public int compareTo(Counted other) {
            return (keyId + " " + column + " " + kind).compareTo(other.keyId + " " + other.column + " " + other.kind);
        }
    }

    private static List<KeyUse> uses(OpenLayer layer, SecretTable table) {
        Map<Counted, Long> counts = new TreeMap<>();
        try (RowCursor row = layer.allRows().select(table.all())) {
            while (row.next()) {
                table.keyIds(
                        row, (keyId, column, kind) -> counts.merge(new Counted(keyId, column, kind), 1L, Long::sum));
            }
        }
        Rn<?> collection =
                Rn.collection(table.table().namespace(), table.table().kind()).from(layer.layer());
        List<KeyUse> uses = new ArrayList<>();
        counts.forEach((counted, count) ->
                uses.add(new KeyUse(counted.keyId(), collection, counted.column(), counted.kind(), count)));
        return uses;
    }

    private static String counted(KeyUse use) {
        String what = use.kind() == KeyUse.Kind.FINGERPRINTS ? "fingerprint" : "value";
        return use.count() + " " + what + (use.count() == 1 ? "" : "s");
    }

    @Override
    public Rotation rotation() {
        pool.lifecycle().requireOpen();
        return KeyRotation.of(pool, ring);
    }

    @Override
    public void requireUnused(String keyId) {
        requireNonNull(keyId, "keyId");
        if (currentId().equals(keyId)) {
            throw new KeyInUseException(
                    "The key \"" + keyId
                            + "\" cannot be taken out of the ring, since it is the current one. Put another one"
                            + " first, and run keys().rotation()",
                    keyId,
                    List.of());
        }
        List<KeyUse> uses = report().of(keyId);
        if (!uses.isEmpty()) {
            long count = uses.stream().mapToLong(KeyUse::count).sum();
            throw new KeyInUseException(
                    "The key \"" + keyId + "\" cannot be taken out of the ring, since " + count
                            + " values and fingerprints are sealed with it: "
                            + uses.stream()
                                    .map(use -> counted(use) + " in " + use.column() + " of " + use.collection())
                                    .collect(Collectors.joining(", "))
                            + ". Run keys().rotation() to its end; what it cannot open has to be set anew",
                    keyId,
                    uses);
        }
    }
}
