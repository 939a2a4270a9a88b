package dev.korm.wal.backup;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.backup.BackupContext;
import dev.korm.spi.environment.Scheduler;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One moment of all layers of a pool, whoever else changes them. For one thread.
 *
 * <p>Each layer has a snapshot. They are opened one after the other while this pool makes no change of several layers, in the order in which all programs prepare their changes, so that
 * the one that decides about a change comes behind all others that it is in. Whether other programs' changes were cut through is told by their markers in the snapshots:
 *
 * <ul>
 *   <li>A change that is in a layer which follows was in the one that decides before, and so is in its snapshot, which was opened later.
 *   <li>A change in the snapshot of the layer that decides has its marker there, or that was deleted. It is deleted when the change is done in all layers. Was it before the first snapshot, then the
 *       change is in all of them; since then, it would have left a row that was not there ({@link TransactionMarker#SWEPT}), and the cut is made again.
 *   <li>While that marker is there, those in the other layers are. So where one lacks, its snapshot lacks the change, and the cut is made again.
 * </ul>
 *
 * <p>A change that stays half done, as when its program was killed between two commits, is waited for until somebody has finished it, or {@link #UNFINISHED} is over: then the backup holds what is there, and
 * {@link #notes} tells it. Nobody waits for the backup, and one that is killed leaves nothing.
 */
final class Cut implements AutoCloseable {
    /** The patience with changes of this pool under way. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The patience with changes that are half done: longer than recoveries take to come round. */
    private static final Duration UNFINISHED = Duration.ofSeconds(75);

    /** The patience with layers that are changed again and again. */
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    private final Instant at;
    private final Map<String, Part> parts;
    private Instant then;
    private List<String> notes = List.of();

    /** The part of one layer. */
    static final class Part implements AutoCloseable {
        private final Layer layer;
        private final List<TableSchema> tables;
        private final List<Snapshot> snapshots = new ArrayList<>(1);

        /** Reads what was there at an earlier moment, where that is asked for. */
        private @Nullable EarlierRows earlier;

        /** The markers before the first snapshot; empty when they could not be read. */
        private Optional<CutMarkers> before = Optional.empty();

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

        /** Returns the rows of a table. */
        RowCursor rows(TableName table, List<ColumnSchema> columns) {
            EarlierRows before = earlier;
            return before != null && table.isItems()
                    ? before.rows(table, columns, this::select)
                    : select(selection(table, columns));
        }

        RowCursor select(Selection selection) {
            return snapshots.isEmpty()
                    ? layer.select(selection)
                    : snapshots.get(0).select(selection);
        }

        private void look() {
            if (isOneMoment()) {
                before = CutMarkers.of(layer, layer::select);
            }
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
        this.then = at;
        this.parts = parts;
    }

    Instant at() {
        return at;
    }

    Map<String, Part> parts() {
        return parts;
    }

    /** Reads the rows of tables as they were at an earlier moment. */
    private interface EarlierRows {
        RowCursor rows(TableName table, List<ColumnSchema> columns, Function<Selection, RowCursor> reading);
    }

    /** Has the rows read as they were at a moment, or just before it where it falls into a transaction. */
    void goBack(BackupContext pool, Instant moment) {
        Map<String, Function<Selection, RowCursor>> readings = new LinkedHashMap<>();
        parts.forEach((name, part) -> readings.put(name, part::select));
        Instant whole = pool.wholeMoment(moment, readings);
        parts.forEach((name, part) ->
                part.earlier = (table, columns, reading) -> pool.asOf(name, table, columns, whole, reading));
        then = whole;
    }

    /** Returns the moment of the rows. */
    Instant then() {
        return then;
    }

    /** Returns what a reader of the backup has to know of it. */
    List<String> notes() {
        return notes;
    }

    /**
     * Makes a cut.
     *
     * @param longest how long it is kept at the most
     */
    static Cut of(BackupContext pool, Duration longest, Scheduler scheduler) {
        long began = pool.environment().nanoTime();
        Duration pause = FIRST_PAUSE;
        Map<String, Long> halfDone = new HashMap<>();
        while (true) {
            Map<String, Part> parts = parts(pool);
            parts.values().forEach(Part::look);
            Instant at = pool.between(PATIENCE, () -> {
                open(parts, longest, scheduler);
                return pool.environment().clock().instant();
            });
            Cut cut = new Cut(at, parts);
            boolean good = false;
            try {
                good = cut.isAsDescribed() && cut.isBetweenChanges(pool, halfDone);
            } finally {
                if (!good) {
                    cut.close();
                }
            }
            if (good) {
                return cut;
            }
            if (pool.environment().nanoTime() - began > LONGEST.toNanos()) {
                throw new BackupException(
                        Reason.FAILED,
                        "No moment was found in which all layers of the pool could be read as one, in "
                                + LONGEST.toMinutes()
                                + " minutes: their tables, or items of several layers, were changed all the time. Nothing was stored; try again");
            }
            pause(pool, pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** Returns the layers in the order in which all programs prepare their changes, which is that of snapshots too. */
    private static Map<String, Part> parts(BackupContext pool) {
        Map<String, Part> parts = new LinkedHashMap<>();
        pool.layers().stream()
                .sorted(Comparator.comparing(
                                (String name) -> pool.store(name).capabilities().has(Feature.SINGLE_WRITER))
                        .thenComparing(Comparator.naturalOrder()))
                .forEach(name -> {
                    Layer layer = pool.store(name);
                    parts.put(name, new Part(layer, tables(layer)));
                });
        return parts;
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

    private static void pause(BackupContext pool, Duration pause) {
        try {
            pool.environment().sleep(pause);
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

    /**
     * Returns whether no change of several layers is in some snapshots and not in others that it belongs to, but for those that nobody finishes.
     *
     * @param halfDone since when changes were seen half done in all cuts so far
     */
    private boolean isBetweenChanges(BackupContext pool, Map<String, Long> halfDone) {
        if (parts.size() < 2) {
            return true;
        }
        Map<String, CutMarkers> found = new LinkedHashMap<>();
        for (Map.Entry<String, Part> each : parts.entrySet()) {
            Part part = each.getValue();
            if (part.isOneMoment()) {
                Optional<CutMarkers> markers = CutMarkers.of(part.layer, part::select);
                if (markers.isEmpty()
                        || part.before.isEmpty()
                        || !markers.get().swept().equals(part.before.get().swept())) {
                    return false;
                }
                found.put(each.getKey(), markers.get());
            }
        }
        Map<String, List<String>> cutThrough = cutThrough(found);
        cutThrough.keySet().removeAll(pool.quarantined());
        halfDone.keySet().retainAll(cutThrough.keySet());
        long now = pool.environment().nanoTime();
        cutThrough.keySet().forEach(id -> halfDone.putIfAbsent(id, now));
        notes = cutThrough.entrySet().stream()
                .map(each -> "The change " + each.getKey() + " of several layers is not in "
                        + String.join(", ", each.getValue())
                        + ": the program that made it was cut off, and nobody had finished it yet")
                .toList();
        return cutThrough.keySet().stream().allMatch(id -> now - halfDone.getOrDefault(id, now) > UNFINISHED.toNanos());
    }

    /** Returns the changes that some snapshots lack though it is in that of the layer that decides, with the layers of those. */
    private static Map<String, List<String>> cutThrough(Map<String, CutMarkers> found) {
        Map<String, List<String>> cutThrough = new TreeMap<>();
        found.forEach((layer, markers) -> markers.layers().forEach((id, layers) -> {
            if (!layers.isEmpty() && layers.get(0).equals(layer)) {
                List<String> without = layers.stream()
                        .filter(other -> found.containsKey(other)
                                && !found.get(other).layers().containsKey(id))
                        .toList();
                if (!without.isEmpty()) {
                    cutThrough.put(id, without);
                }
            }
        }));
        return cutThrough;
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
