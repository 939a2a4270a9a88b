package dev.korm.engine.version;

import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.engine.context.ChangeLimit;
import dev.korm.engine.context.ChangeOrigins;
import dev.korm.engine.context.FileVersionDraft;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.engine.layer.WholeChange;
import dev.korm.history.Operation;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds to the mutations of one batch the versions that they make. Used once, by one thread.
 *
 * <p>An update tells only the columns that it changes, so the row is read first. What is read counts only at the revision that the update
 * expects, since a revision names one state for ever; where the row has another one, the store will refuse the update, and there is no
 * version of it. An update that expects no revision is held to the one that was read. Changes of selected rows become changes of each
 * row as it was read. So what is recorded is what is written, or the batch is refused and recorded anew.
 */
final class BatchRecorder {
    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);
    private static final ColumnSchema DELETED = new ColumnSchema(TableName.DELETED, ColumnKind.INTEGER);
    private static final Operand REVISION_OPERAND = new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER);

    private final FederatedLayer layer;
    private final HistoryTable table;
    private final StoredRows rows;
    private final VersionKey.Maker keys = new VersionKey.Maker();
    private final WholeChange whole;
    private final HistoryClock clock;
    private final ChangeLimit limit;
    private final ChangeOrigins.Origin origin;
    private final String process;

    private final List<Mutation> mutations = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();
    private final Set<TableName> unrecorded;
    private final Map<Item, State> states = new HashMap<>();
    private final Set<Integer> pinned = new LinkedHashSet<>();
    private final List<Made> made = new ArrayList<>();

    private List<ColumnSchema> written = List.of();
    private List<ColumnSchema> unfilled = List.of();

    /** @param whole the change that the batch is a part of */
    BatchRecorder(
            FederatedLayer layer,
            HistoryTable table,
            StoredRows rows,
            WholeChange whole,
            HistoryClock clock,
            ChangeLimit limit,
            ChangeOrigins.Origin origin,
            String process,
            Set<TableName> unrecorded) {
        this.unrecorded = unrecorded;
        this.layer = layer;
        this.table = table;
        this.rows = rows;
        this.whole = whole;
        this.clock = clock;
        this.limit = limit;
        this.origin = origin;
        this.process = process;
    }

    private record Item(TableName table, String id) {}

    /**
     * An item as it is, or as the mutations up to here leave it.
     *
     * @param image null where only the revision is known, which is enough for a deletion
     * @param marked whether it is deleted, and only its row is kept
     */
    private record State(long revision, @Nullable WrittenImage image, boolean marked) {}

    /** A version that the batch makes, or one that it found. */
    private record Made(
            Item item,
            long revision,
            Operation operation,
            @Nullable WrittenImage image) {
        String key(VersionKey.Maker keys) {
            VersionKey key = keys.of(item.table(), item.id());
            return operation == Operation.DELETED ? key.deletion(revision) : key.state(revision);
        }
    }

    /** Returns whether mutations have versions to be recorded. */
    static boolean concerns(List<Mutation> mutations, Set<TableName> unrecorded) {
        boolean items = false;
        for (Mutation mutation : mutations) {
            if (mutation.table().equals(HistoryTable.NAME)) {
                return false;
            }
            items |= mutation.table().isItems()
                    && !unrecorded.contains(mutation.table())
                    && !(mutation instanceof Mutation.RequireNone)
                    && !(mutation instanceof Mutation.RequireRevision);
        }
        return items;
    }

    /** Returns the mutations with their versions behind them. */
    RecordedBatch record(List<Mutation> asked) {
        for (int i = 0; i < asked.size(); i++) {
            expand(asked.get(i), i);
        }
        pinOpen();
        Map<String, Long> known = known();
        read(known.keySet());
        mutations.forEach(this::step);
        List<Mutation> versions = versions(known);
        List<Mutation> all = new ArrayList<>(mutations.size() + versions.size());
        all.addAll(mutations);
        all.addAll(versions);
        return new RecordedBatch(all, positions, asked, pinned);
    }

    /** Returns whether it is about items; rows of tables that korm did not make have no versions. */
    private boolean isRecorded(Mutation mutation) {
        return mutation.table().isItems() && !unrecorded.contains(mutation.table());
    }

    /** Puts changes of each row in the place of a change of selected ones. */
    private void expand(Mutation mutation, int position) {
        if (!isRecorded(mutation)) {
            add(mutation, position, false);
        } else if (mutation instanceof Mutation.UpdateSelected update) {
            rows(update.selection())
                    .forEach((id, revision) -> add(
                            new Mutation.Update(update.table(), id, revision, update.columns(), update.values()),
                            position,
                            true));
        } else if (mutation instanceof Mutation.DeleteSelected delete) {
            rows(delete.selection())
                    .forEach((id, revision) -> add(new Mutation.Delete(delete.table(), id, revision), position, true));
        } else {
            add(mutation, position, false);
        }
    }

    private void add(Mutation mutation, int position, boolean pin) {
        if (pin) {
            pinned.add(mutations.size());
        }
        mutations.add(mutation);
        positions.add(position);
    }

    private Map<String, OptionalLong> rows(Selection selection) {
        TableName from = selection.from();
        boolean revised = isRevised(from);
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(ItemIds.operand()));
        if (revised) {
            outputs.add(new Output.Value(REVISION_OPERAND));
        }
        Map<String, OptionalLong> rows = new LinkedHashMap<>();
        Selection read = new Selection(
                from, selection.joins(), outputs, selection.where(), List.of(), selection.order(), selection.limit());
        try (RowCursor row = layer.select(read)) {
            while (row.next()) {
                rows.put(
                        String.valueOf(row.get(0)),
                        revised ? OptionalLong.of(StoredRows.number(row.get(1))) : OptionalLong.empty());
                limit.require(rows.size(), Rn.collection(from.namespace(), from.kind()), layer.layer());
            }
        }
        return rows;
    }

    /** Holds mutations that expect no revision to the one that their row has, which the versions need. */
    private void pinOpen() {
        Map<TableName, Set<String>> open = new LinkedHashMap<>();
        for (Mutation mutation : mutations) {
            if (isOpen(mutation) && isRevised(mutation.table())) {
                open.computeIfAbsent(mutation.table(), any -> new LinkedHashSet<>())
                        .add(id(mutation));
            }
        }
        open.forEach(this::read);
        for (int i = 0; i < mutations.size(); i++) {
            Mutation mutation = mutations.get(i);
            State now = isOpen(mutation) ? states.get(new Item(mutation.table(), id(mutation))) : null;
            if (now != null) {
                pinned.add(i);
                mutations.set(i, pinned(mutation, OptionalLong.of(now.revision())));
            }
        }
    }

    private boolean isRevised(TableName from) {
        return layer.schema(from)
                .filter(schema -> schema.has(TableName.REVISION))
                .isPresent();
    }

    private boolean isOpen(Mutation mutation) {
        return isRecorded(mutation)
                && (mutation instanceof Mutation.Update || mutation instanceof Mutation.Delete)
                && expected(mutation).isEmpty();
    }

    private static Mutation pinned(Mutation mutation, OptionalLong revision) {
        return mutation instanceof Mutation.Update update
                ? new Mutation.Update(update.table(), update.id(), revision, update.columns(), update.values())
                : new Mutation.Delete(mutation.table(), id(mutation), revision);
    }

    /** Returns the times of those versions among the ones that the mutations begin or end with that the history has already. */
    private Map<String, Long> known() {
        List<String> asked = new ArrayList<>(2);
        for (Mutation mutation : mutations) {
            if (isRecorded(mutation)) {
                expected(mutation).ifPresent(revision -> {
                    VersionKey key = keys.of(mutation.table(), id(mutation));
                    asked.add(key.state(revision));
                    boolean deletes = mutation instanceof Mutation.Delete
                            || (mutation instanceof Mutation.Update update
                                    && isMarked(update).orElse(false));
                    asked.add(deletes ? key.deletion(revision) : key.state(revision + 1));
                });
            }
        }
        if (asked.isEmpty()) {
            return Map.of();
        }
        return asked.size() == 2 ? table.times(asked.get(0), asked.get(1)) : table.times(asked);
    }

    private static OptionalLong expected(Mutation mutation) {
        if (mutation instanceof Mutation.Update update) {
            return update.expectedRevision();
        }
        return mutation instanceof Mutation.Delete delete ? delete.expectedRevision() : OptionalLong.empty();
    }

    private static String id(Mutation mutation) {
        if (mutation instanceof Mutation.Update update) {
            return update.id();
        }
        return mutation instanceof Mutation.Delete delete ? delete.id() : ((Mutation.Insert) mutation).id();
    }

    /** Reads the rows whose content or revision has to be known. */
    private void read(Set<String> known) {
        Map<TableName, Set<String>> wanted = new LinkedHashMap<>();
        for (Mutation mutation : mutations) {
            boolean update = mutation instanceof Mutation.Update;
            boolean unknown = mutation instanceof Mutation.Delete delete
                    && (delete.expectedRevision().isEmpty()
                            || !known.contains(keys.of(delete.table(), delete.id())
                                    .state(delete.expectedRevision().getAsLong())));
            if (isRecorded(mutation) && (update || unknown)) {
                wanted.computeIfAbsent(mutation.table(), any -> new LinkedHashSet<>())
                        .add(id(mutation));
            } else if (isRecorded(mutation) && mutation instanceof Mutation.Delete delete) {
                states.put(
                        new Item(delete.table(), delete.id()),
                        new State(delete.expectedRevision().getAsLong(), null, false));
            }
        }
        wanted.forEach(this::read);
    }

    private void read(TableName from, Set<String> ids) {
        rows.read(
                from,
                ids,
                (id, revision, image, marked) ->
                        states.put(new Item(from, id), new State(revision, WrittenImage.of(image), marked)));
    }

    /** Follows one mutation, and notes the version that it makes. */
    private void step(Mutation mutation) {
        if (!isRecorded(mutation)) {
            return;
        }
        if (mutation instanceof Mutation.Insert insert) {
            int mark = insert.columns().indexOf(DELETED);
            if (mark >= 0 && insert.values().get(mark) != null) {
                // Copied from elsewhere, and deleted there.
                return;
            }
            revision(insert.columns(), insert.values())
                    .ifPresent(revision -> make(
                            new Item(insert.table(), insert.id()),
                            Operation.CREATED,
                            new State(
                                    revision,
                                    WrittenImage.inserted(unfilled(insert.columns()), insert.values()),
                                    false)));
        } else if (mutation instanceof Mutation.Update update) {
            update(update);
        } else if (mutation instanceof Mutation.Delete delete) {
            delete(delete);
        }
    }

    private void make(Item item, Operation operation, State after) {
        states.put(item, after);
        made.add(new Made(item, after.revision(), operation, after.image()));
    }

    private void update(Mutation.Update update) {
        Item item = new Item(update.table(), update.id());
        State before = states.get(item);
        if (before == null || before.image() == null || !fits(update.expectedRevision(), before, item)) {
            return;
        }
        long revision = revision(update.columns(), update.values()).orElse(before.revision() + 1);
        if (revision == before.revision()) {
            // Korm itself changes the form of a state and not the state, as when secrets are sealed with another key.
            return;
        }
        State after = new State(
                revision,
                WrittenImage.of(before.image().whole().with(unfilled(update.columns()), update.values())),
                isMarked(update).orElse(before.marked()));
        if (after.marked()) {
            mark(item, before, after);
            return;
        }
        found(item, before);
        make(item, before.marked() ? Operation.CREATED : Operation.CHANGED, after);
    }

    /** Follows a mutation after which the row is marked as deleted: it is as if it had gone. */
    private void mark(Item item, State before, State after) {
        if (!before.marked()) {
            found(item, before);
            made.add(new Made(item, before.revision(), Operation.DELETED, null));
        }
        states.put(item, after);
    }

    /** Returns whether an update marks its row as deleted, or takes that back; empty where it does neither. */
    private static Optional<Boolean> isMarked(Mutation.Update update) {
        int at = update.columns().indexOf(DELETED);
        return at < 0 ? Optional.empty() : Optional.of(update.values().get(at) != null);
    }

    private void delete(Mutation.Delete delete) {
        Item item = new Item(delete.table(), delete.id());
        State before = states.get(item);
        if (before == null || !fits(delete.expectedRevision(), before, item)) {
            return;
        }
        states.remove(item);
        if (before.marked()) {
            return;
        }
        found(item, before);
        made.add(new Made(item, before.revision(), Operation.DELETED, null));
    }

    /** Notes the state that a mutation begins with, in case the history does not have it. */
    private void found(Item item, State before) {
        if (before.image() != null && !before.marked()) {
            made.add(new Made(item, before.revision(), Operation.FOUND, before.image()));
        }
    }

    /** Returns whether a mutation will meet the state that was read; where not, the store refuses it. */
    private boolean fits(OptionalLong expected, State before, Item item) {
        if (expected.isPresent() && expected.getAsLong() > before.revision()) {
            throw new StoreBusyException(
                    layer.layer(),
                    Rn.collection(item.table().namespace(), item.table().kind()).item(item.id())
                            + " in the layer \"" + layer.layer()
                            + "\" could not be read as it is now, which its history needs: the server that answered is behind another. Nothing was"
                            + " written; try again",
                    StoreException.Outcome.NOT_APPLIED,
                    null);
        }
        return expected.isEmpty() || expected.getAsLong() == before.revision();
    }

    /** Returns columns without the ways in which the database fills them. */
    private List<ColumnSchema> unfilled(List<ColumnSchema> columns) {
        // Inserts of one collection share the list.
        if (columns != written) {
            written = columns;
            unfilled = columns.stream()
                    .map(column -> new ColumnSchema(column.name(), column.kind()))
                    .toList();
        }
        return unfilled;
    }

    private static OptionalLong revision(List<ColumnSchema> columns, Row row) {
        int at = columns.indexOf(REVISION);
        return at >= 0 && row.get(at) instanceof Number number
                ? OptionalLong.of(number.longValue())
                : OptionalLong.empty();
    }

    /** Returns the rows of the versions. */
    private List<Mutation> versions(Map<String, Long> known) {
        long latest = 0;
        for (long time : known.values()) {
            latest = Math.max(latest, time);
        }
        List<FileVersionDraft> files =
                origin.files().areIn(layer.layer()) ? origin.files().versions() : List.of();
        for (FileVersionDraft file : files) {
            // One that was found has a time of its own between the last one and this change.
            latest = Math.max(latest, file.latest() + 1);
        }
        long now = whole.after(latest, clock::next);
        Set<String> written = new HashSet<>();
        List<StoredVersion> fresh = new ArrayList<>(made.size() + files.size());
        List<Mutation> later = new ArrayList<>();
        try (ImageWriter images = new ImageWriter()) {
            for (Made version : made) {
                String key = version.key(keys);
                boolean found = version.operation() == Operation.FOUND;
                if (found && (known.containsKey(key) || written.contains(key))) {
                    continue;
                }
                StoredVersion stored = stored(version, key, found ? timeFound(version, now) : now, images);
                if (!known.containsKey(key) && written.add(key)) {
                    fresh.add(stored);
                } else {
                    // A version of a later state is there where an older copy of the items was put back without their
                    // history.
                    later.add(HistoryTable.replacement(stored));
                }
            }
        }
        files.forEach(file -> fresh.add(stored(file, now)));
        // In the order of their keys, so that a store comes to each page of its index once.
        fresh.sort(Comparator.comparing(StoredVersion::key));
        List<Mutation> rows = new ArrayList<>(fresh.size() + later.size());
        fresh.forEach(version -> rows.add(HistoryTable.insert(version)));
        rows.addAll(later);
        return rows;
    }

    private StoredVersion stored(FileVersionDraft file, long now) {
        boolean found = file.found().isPresent();
        long micros = found ? Math.max(file.latest() + 1, Math.min(file.found().getAsLong(), now - 1)) : now;
        return StoredVersion.ofFile(
                file,
                micros,
                found ? null : origin.transaction(),
                found ? null : origin.author().actor().orElse(null),
                found ? null : origin.author().reason().orElse(null),
                found ? null : process,
                found ? null : layers());
    }

    private @Nullable String layers() {
        Collection<String> layers = origin.layers().isEmpty() ? whole.layers() : origin.layers();
        return layers.size() < 2 ? null : String.join(StoredVersion.BETWEEN_LAYERS, layers);
    }

    private StoredVersion stored(Made version, String key, long micros, ImageWriter images) {
        boolean found = version.operation() == Operation.FOUND;
        return new StoredVersion(
                key,
                version.item().table().text(),
                version.item().id(),
                version.revision(),
                micros,
                version.operation(),
                found ? null : origin.transaction(),
                found ? null : origin.author().actor().orElse(null),
                found ? null : origin.author().reason().orElse(null),
                found ? null : process,
                found ? null : layers(),
                version.image() == null ? null : version.image().text(images));
    }

    /**
     * Returns the time of a state whose maker nobody knows: now where an earlier one is known, since it came to be at some time in between;
     * else when the item was created, which its revision tells.
     */
    private long timeFound(Made version, long now) {
        VersionKey key = keys.of(version.item().table(), version.item().id());
        boolean earlier = table.last(key.first(), key.before(version.revision()), HistoryTable.Content.WITHOUT_IMAGE)
                .isPresent();
        return earlier ? now : Math.min(version.revision(), now);
    }
}
