package dev.korm.wal.backup;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Scheduler;
import dev.korm.spi.Snapshot;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.backup.BackupContext;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One moment of all layers of a pool. For one thread.
 *
 * <p>Each layer has a snapshot. They are opened one after the other while this pool makes no change of several layers, so each such change of this
 * pool is in all of them or in none. Those of other programs are known by their markers: a marker that one snapshot has, and another
 * lacks whose layer got it since, shows a change that the cut went through; then the cut is made again. That does not find all of
 * them, since markers are deleted when their change is done.
 */
final class Cut implements AutoCloseable {
    /** The patience with changes under way, and with layers that are changed again and again. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int ATTEMPTS = 50;
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Instant at;
    private final Map<String, Part> parts;

    /** The part of one layer. */
    static final class Part implements AutoCloseable {
        private final Layer layer;
        private final List<TableSchema> tables;
        private final List<Snapshot> snapshots = new ArrayList<>(1);

        private Part(Layer layer, List<TableSchema> tables) {
            this.layer = layer;
            this.tables = tables;
        }

        List<TableSchema> tables() {
            return tables;
        }

        boolean isOneMoment() {
            return layer.capabilities().has(Feature.SNAPSHOTS);
        }

        RowCursor select(Selection selection) {
            return snapshots.isEmpty()
                    ? layer.select(selection)
                    : snapshots.get(0).select(selection);
        }

        private void open(Duration longest, Scheduler scheduler) {
            if (isOneMoment()) {
                snapshots.add(layer.snapshot(longest, scheduler));
            }
        }

        @Override
        public void close() {
            snapshots.forEach(Snapshot::close);
        }
    }

    private Cut(Instant at, Map<String, Part> parts) {
        this.at = at;
        this.parts = parts;
    }

    Instant at() {
        return at;
    }

    Map<String, Part> parts() {
        return parts;
    }

    /**
     * Makes a cut.
     *
     * @param longest how long it is kept at the most
     */
    static Cut of(BackupContext pool, Duration longest, Scheduler scheduler) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Map<String, Part> parts = new LinkedHashMap<>();
            for (String name : pool.layers()) {
                Layer layer = pool.store(name);
                parts.put(name, new Part(layer, tables(layer)));
            }
            Instant at = pool.between(PATIENCE, () -> {
                open(parts, longest, scheduler);
                return pool.environment().clock().instant();
            });
            Cut cut = new Cut(at, parts);
            boolean good = false;
            try {
                good = cut.isAsDescribed() && cut.isBetweenChanges();
            } finally {
                if (!good) {
                    cut.close();
                }
            }
            if (good) {
                return cut;
            }
            pause(pool);
        }
        throw new BackupException(
                Reason.FAILED,
                "No moment was found in which all layers of the pool could be read as one, in " + ATTEMPTS
                        + " attempts: their tables, or items of several layers, were changed all the time. Nothing was stored; try again");
    }

    private static void open(Map<String, Part> parts, Duration longest, Scheduler scheduler) {
        boolean all = false;
        try {
            parts.values().forEach(part -> part.open(longest, scheduler));
            all = true;
        } finally {
            if (!all) {
                parts.values().forEach(Part::close);
            }
        }
    }

    private static void pause(BackupContext pool) {
        try {
            pool.environment().sleep(PAUSE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("Making a backup", StoreException.Outcome.NOT_APPLIED, interrupted);
        }
    }

    private static List<TableSchema> tables(Layer layer) {
        List<TableSchema> tables = new ArrayList<>();
        layer.tables().forEach(table -> layer.describe(table).ifPresent(tables::add));
        OwnTables.ALL.forEach(table -> layer.describe(table).ifPresent(tables::add));
        return tables;
    }

    /** Returns whether the tables are still as they were before the snapshots; then they were so in them. */
    private boolean isAsDescribed() {
        return parts.values().stream().allMatch(part -> tables(part.layer).equals(part.tables));
    }

    /** Returns whether no change of several layers is in some snapshots and not in others that it belongs to. */
    private boolean isBetweenChanges() {
        if (parts.size() < 2) {
            return true;
        }
        Map<Part, Set<String>> then = new LinkedHashMap<>();
        Set<String> all = new LinkedHashSet<>();
        for (Part part : parts.values()) {
            Set<String> found = part.isOneMoment() ? markers(part, part::select) : Set.of();
            then.put(part, found);
            all.addAll(found);
        }
        for (Map.Entry<Part, Set<String>> each : then.entrySet()) {
            Set<String> lacking = new LinkedHashSet<>(all);
            lacking.removeAll(each.getValue());
            if (!lacking.isEmpty() && each.getKey().isOneMoment()) {
                Layer layer = each.getKey().layer;
                lacking.retainAll(markers(each.getKey(), layer::select));
                if (!lacking.isEmpty()) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Set<String> markers(Part part, java.util.function.Function<Selection, RowCursor> reading) {
        Set<String> ids = new LinkedHashSet<>();
        if (part.layer.describe(TransactionMarker.TABLE).isEmpty()) {
            return ids;
        }
        ColumnSchema key = new ColumnSchema(TransactionMarker.TABLE.key(), dev.korm.spi.query.ColumnKind.ID);
        try (RowCursor rows = reading.apply(selection(TransactionMarker.TABLE, List.of(key)))) {
            while (rows.next()) {
                ids.add(String.valueOf(rows.get(0)));
            }
        } catch (dev.korm.spi.schema.SchemaMovedException notThereYet) {
            return ids;
        }
        return ids;
    }

    /** Returns the selection of all rows of a table. */
    static Selection selection(TableName table, List<ColumnSchema> columns) {
        List<Output> outputs = new ArrayList<>(columns.size());
        columns.forEach(column -> outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind()))));
        return new Selection(table, List.of(), outputs, Condition.ALWAYS, List.of(), List.of(), OptionalLong.empty());
    }

    @Override
    public void close() {
        parts.values().forEach(Part::close);
    }
}
