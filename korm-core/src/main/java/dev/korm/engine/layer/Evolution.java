package dev.korm.engine.layer;

import dev.korm.DuplicateException;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.crypto.ItemIdentity;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.engine.observe.SchemaLog;
import dev.korm.engine.softdelete.DeletionMarks;
import dev.korm.event.PreparationProgress;
import dev.korm.model.ReservedNames;
import dev.korm.model.row.SecretRows;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives a table what items need: makes it, and adds the columns and indexes that it lacks, which the layer's own {@code evolve} does. Nothing that it has is
 * changed. What takes several steps is a field that becomes unique or searchable: it is made so for the rows that are there too, while other programs go on
 * writing.
 *
 * <p><b>Steps</b> for each index over fingerprints that is to come, each of which may be cut off and begun again by anybody:
 *
 * <ol>
 *   <li>The hidden column is added, with everything else that needs no look at the rows. Programs that have looked at the table before do not know of it yet.
 *   <li>Rows without a fingerprint are filled in, a chunk at a time, as many as there were at the beginning: programs that do not know of
 *       the column yet may write faster than that.
 *   <li>For a unique field, two rows with one fingerprint end it with {@link DuplicateException}, which names both. The column stays.
 *   <li>The index is made. From then on a row that lacks the fingerprint of a unique field is refused by the layer; its program looks again and writes it.
 *   <li>What came without one until then is filled in behind it; whoever is killed before that leaves it to {@link #finish}.
 * </ol>
 *
 * <p><b>What holds.</b> A filter uses a fingerprint only when its index is there. Filling in keeps an item's revision, since no data changes, and expects
 * it: a row that somebody has changed meanwhile is left to the next round. An index for search alone is not filled in by a write
 * ({@link Fingerprints#OF_UNIQUE}), which would make a single write as slow as the table is large; it is made then only where no row lacks anything.
 */
public final class Evolution {
    private static final int CHUNK = 500;

    private static final ColumnSchema DELETED = new ColumnSchema(TableName.DELETED, ColumnKind.INTEGER);
    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);

    /** After how many chunks the log tells how far it has come. */
    private static final int LOGGED = 20;

    private final Layer evolving;

    /** With all its rows: those that are marked as deleted need fingerprints too. */
    private final FederatedLayer layer;

    private final DeletionMarks marks;
    private final Consumer<PreparationProgress> progress;

    /** @param progress is told after each chunk of rows */
    Evolution(OpenLayer layer, Consumer<PreparationProgress> progress) {
        this.evolving = layer.store();
        this.layer = layer.allRows();
        this.marks = layer.marks();
        this.progress = progress;
    }

    /** The choice of fingerprints that are computed for rows that have none. */
    enum Fingerprints {
        /** Those that are needed to write: of what has become unique. */
        OF_UNIQUE,
        /** Also those that values are only found by. */
        OF_ALL
    }

    /**
     * Returns the table with what is wanted added; nothing that it has is changed. The index over fingerprints is made
     * when the rows that were there have one; what programs that knew of none have written meanwhile is filled in
     * behind it.
     *
     * @param ofItems what the items want
     * @throws DuplicateException when rows that are there hold the same value of a field that becomes unique
     */
    TableSchema evolve(TableSchema ofItems, Optional<TableSchema> before, Fingerprints fingerprints) {
        Optional<TableSchema> actual = before;
        TableSchema wanted = TableView.hiddenToo(ofItems, evolving);
        requireFreeNames(ofItems, actual, layer.layer());
        actual.ifPresent(there -> requireNewNames(wanted, there));
        List<IndexSchema> becoming = before.map(there -> wanted.indexes().stream()
                        .filter(index -> !there.hasIndex(index.name()) && key(index, wanted) != null)
                        .toList())
                .orElse(List.of());
        if (fingerprints == Fingerprints.OF_ALL && actual.isPresent()) {
            actual = Optional.of(oneByOne(wanted, actual.get(), becoming));
        }
        if (becoming.isEmpty()) {
            TableSchema there = SchemaLog.evolve(evolving, actual, wanted, Set.of());
            if (fingerprints == Fingerprints.OF_ALL) {
                finish(there, wanted);
            }
            return there;
        }
        List<IndexSchema> indexes = new ArrayList<>(wanted.indexes());
        indexes.removeAll(becoming);
        TableSchema there = SchemaLog.evolve(
                evolving, actual, new TableSchema(wanted.table(), wanted.columns(), indexes), Set.of());
        for (IndexSchema index : becoming) {
            FingerprintKey key = Objects.requireNonNull(key(index, wanted));
            boolean search = isSearch(index);
            if (search && fingerprints == Fingerprints.OF_UNIQUE) {
                if (isFilled(there, key)) {
                    indexes.add(index);
                }
                continue;
            }
            // Programs that know of no fingerprints until there is the index may write faster than this fills in.
            fill(there, key, countUnfilled(there, key));
            if (!search) {
                refuseClashes(wanted.table(), key);
            }
            SchemaLog.evolve(
                    evolving,
                    Optional.of(there),
                    new TableSchema(wanted.table(), wanted.columns(), List.of(index)),
                    Set.of());
            fill(there, key, Long.MAX_VALUE);
        }
        return SchemaLog.evolve(
                evolving, Optional.of(there), new TableSchema(wanted.table(), wanted.columns(), indexes), Set.of());
    }

    /** Makes the plain indexes of columns that are there, each by itself, so that it can be told how far this has come. */
    private TableSchema oneByOne(TableSchema wanted, TableSchema actual, List<IndexSchema> becoming) {
        List<IndexSchema> plain = wanted.indexes().stream()
                .filter(index -> !actual.hasIndex(index.name())
                        && !becoming.contains(index)
                        && index.parts().stream().allMatch(part -> isThere(part, actual)))
                .toList();
        if (plain.isEmpty()) {
            return actual;
        }
        TableSchema now = actual;
        long rows = count(wanted.table());
        for (IndexSchema index : plain) {
            String fields = String.join(", ", TableView.fieldsOf(withIndexes(actual, plain), index.name()));
            tell(wanted.table(), fields, 0, rows);
            now = SchemaLog.evolve(evolving, Optional.of(now), withIndexes(actual, List.of(index)), Set.of());
            tell(wanted.table(), fields, rows, rows);
        }
        return now;
    }

    private static TableSchema withIndexes(TableSchema table, List<IndexSchema> indexes) {
        return new TableSchema(table.table(), table.columns(), indexes);
    }

    private static boolean isThere(Operand part, TableSchema actual) {
        Operand column = part instanceof Operand.Json json ? json.document() : part;
        return column instanceof Operand.Column there
                && actual.column(there.name())
                        .filter(schema -> schema.kind() == there.kind())
                        .isPresent();
    }

    private long count(TableName table) {
        List<Output> count = List.of(new Output.Count());
        try (RowCursor row = layer.select(select(table, count, Condition.ALWAYS, List.of(), List.of(), 1))) {
            return row.next() && row.get(0) instanceof Number rows ? rows.longValue() : 0;
        }
    }

    /** Fills in what was left when a program was killed just behind making an index. */
    private void finish(TableSchema there, TableSchema wanted) {
        for (IndexSchema index : wanted.indexes()) {
            FingerprintKey key = key(index, wanted);
            if (key != null) {
                fill(there, key, Long.MAX_VALUE);
            }
        }
    }

    /** Returns whether an index is one by which values are only found. */
    static boolean isSearch(IndexSchema index) {
        return index.uniqueness() == IndexSchema.Uniqueness.REPEATABLE
                && index.parts().get(0).kind() == ColumnKind.FINGERPRINT;
    }

    /** Returns the key of an index over fingerprints; null for any other index. */
    private static @Nullable FingerprintKey key(IndexSchema index, TableSchema wanted) {
        List<String> columns = wanted.columns().stream().map(ColumnSchema::name).toList();
        return index.parts().get(0) instanceof Operand.Column hidden
                ? FingerprintKey.read(hidden.name(), columns).orElse(null)
                : null;
    }

    /**
     * Checks that no column would be made under a name that a database keeps for itself.
     *
     * @throws SchemaException when one would; says how to name the field instead
     */
    public static void requireFreeNames(TableSchema wanted, Optional<TableSchema> actual, String layer) {
        for (ColumnSchema column : wanted.columns()) {
            if (actual.isEmpty() || !actual.get().has(column.name())) {
                requireFreeName(column.name(), wanted.table(), layer);
            }
        }
    }

    public static void requireFreeName(String column, TableName table, String layer) {
        ReservedNames.reason(column).ifPresent(reason -> {
            throw new SchemaException("The field " + column + " cannot have a column in " + table + " of the layer \""
                    + layer
                    + "\": " + reason + ". Give the field another name, by @Name where it is a record's, or nest it in"
                    + " another field, where names are free");
        });
    }

    private void requireNewNames(TableSchema wanted, TableSchema actual) {
        for (ColumnSchema column : wanted.columns()) {
            for (ColumnSchema there : actual.columns()) {
                if (there.name().equalsIgnoreCase(column.name())
                        && !there.name().equals(column.name())
                        && !actual.has(column.name())) {
                    throw new SchemaException(
                            "The field " + column.name() + " cannot have a column in " + wanted.table()
                                    + " of the layer \"" + layer.layer() + "\": it has a column " + there.name()
                                    + ", which differs only in case, and SQLite does not distinguish such names. Give the field the"
                                    + " column's name, by @Name where it is a record's, or one of its own");
                }
            }
        }
    }

    private boolean isFilled(TableSchema schema, FingerprintKey key) {
        try (RowCursor row = layer.select(unfilled(schema, key, 1))) {
            return !row.next();
        }
    }

    private long countUnfilled(TableSchema schema, FingerprintKey key) {
        List<Output> count = List.of(new Output.Count());
        try (RowCursor row =
                layer.select(select(schema.table(), count, lacksFingerprint(schema, key), List.of(), List.of(), 1))) {
            return row.next() && row.get(0) instanceof Number rows ? rows.longValue() : 0;
        }
    }

    private static Condition lacksFingerprint(TableSchema schema, FingerprintKey key) {
        List<Condition> all = new ArrayList<>(List.of(new Condition.IsNull(operand(key.hidden()))));
        for (String name : key.columns()) {
            all.add(new Condition.Not(
                    new Condition.IsNull(operand(schema.column(name).orElseThrow()))));
        }
        return new Condition.And(all);
    }

    /** Returns the rows without a fingerprint: id, revision, the columns of the key, and the time of the deletion. */
    private static Selection unfilled(TableSchema schema, FingerprintKey key, int limit) {
        List<Output> outputs =
                new ArrayList<>(List.of(new Output.Value(ItemIds.operand()), new Output.Value(operand(REVISION))));
        for (String name : key.columns()) {
            outputs.add(new Output.Value(operand(schema.column(name).orElseThrow())));
        }
        outputs.add(new Output.Value(
                schema.has(TableName.DELETED) ? operand(DELETED) : new Operand.Absent(ColumnKind.INTEGER)));
        return select(schema.table(), outputs, lacksFingerprint(schema, key), List.of(), List.of(), limit);
    }

    /** Fills in what rows lack, until none lacks any or so many were looked at. */
    private void fill(TableSchema schema, FingerprintKey key, long most) {
        Selection selection = unfilled(schema, key, CHUNK);
        // No data changes, so the revision stays, and whoever holds the item can go on with it.
        List<ColumnSchema> columns = List.of(key.hidden(), REVISION);
        long done = 0;
        for (long seen = 0; seen < most; seen += CHUNK) {
            List<Mutation> updates = new ArrayList<>();
            try (RowCursor row = layer.select(selection)) {
                while (row.next()) {
                    long revision = row.get(1) instanceof Number number ? number.longValue() : 0;
                    Row values = Row.of(fingerprint(schema, key, row), revision);
                    updates.add(new Mutation.Update(
                            schema.table(), String.valueOf(row.get(0)), OptionalLong.of(revision), columns, values));
                }
            }
            if (updates.isEmpty()) {
                return;
            }
            applyWhatStillFits(schema, key, updates);
            done += updates.size();
            tell(schema.table(), key.toString(), done, most == Long.MAX_VALUE ? done : Math.max(done, most));
            if (seen / CHUNK % LOGGED == LOGGED - 1) {
                SchemaLog.progress(layer.layer(), schema.table(), key, done, most);
            }
        }
    }

    private void tell(TableName table, String fields, long done, long total) {
        Rn<?> collection = Rn.collection(table.namespace(), table.kind());
        progress.accept(new PreparationProgress(layer.layer(), collection, fields, done, total));
    }

    /**
     * Applies changes one by one, without those of rows that were changed or deleted meanwhile, which the next round
     * sees as they are.
     */
    private void applyWhatStillFits(TableSchema schema, FingerprintKey key, List<Mutation> updates) {
        List<Mutation> left = new ArrayList<>(updates);
        while (!left.isEmpty() && layer.store().apply(Batch.of(left)) instanceof BatchResult.Refused refused) {
            Mutation lost = left.remove(refused.mutation());
            if (refused.refusal() instanceof Refusal.UniqueViolation taken && lost instanceof Mutation.Update update) {
                // Another program has made the index first.
                Rn<?> collection =
                        Rn.collection(schema.table().namespace(), schema.table().kind());
                throw clash(
                        schema.table(), key, 2, List.of(collection.item(taken.holder()), collection.item(update.id())));
            }
        }
    }

    private @Nullable String fingerprint(TableSchema schema, FingerprintKey key, RowCursor row) {
        String id = String.valueOf(row.get(0));
        if (marks.isFreed(schema.table(), row.get(2 + key.columns().size()))) {
            return DeletionMarks.tombstone(id);
        }
        ItemIdentity owner = layer.seals().item(schema.table(), id);
        return SecretRows.fingerprint(
                schema,
                key,
                owner,
                layer.seals(),
                column -> row.get(2 + key.columns().indexOf(column.name())));
    }

    private void refuseClashes(TableName table, FingerprintKey key) {
        ColumnSchema hidden = key.hidden();
        Output value = new Output.Value(operand(hidden));
        Selection most = select(
                table,
                List.of(value, new Output.Count()),
                new Condition.Not(new Condition.IsNull(operand(hidden))),
                List.of(operand(hidden)),
                List.of(new SortKey(new Output.Count(), SortKey.Direction.DESCENDING, SortKey.Nulls.LAST)),
                1);
        long count = 0;
        String same = "";
        try (RowCursor row = layer.select(most)) {
            if (row.next() && row.get(1) instanceof Number rows && row.get(0) instanceof String found) {
                count = rows.longValue();
                same = found;
            }
        }
        if (count > 1) {
            throw clash(table, key, count, holders(table, hidden, same));
        }
    }

    private DuplicateException clash(TableName table, FingerprintKey key, long count, List<Rn<?>> holders) {
        return new DuplicateException(
                (key.columns().size() == 1 ? "The field " : "The fields ") + key + " of " + table
                        + " cannot become unique" + (key.columns().size() == 1 ? "" : " together")
                        + " in the layer \"" + layer.layer()
                        + "\": " + count + " items hold one value, among them " + holders
                        + ". Change or delete all but one, then try again",
                key.columns(),
                holders.stream().findFirst());
    }

    private List<Rn<?>> holders(TableName table, ColumnSchema hidden, String fingerprint) {
        List<Rn<?>> holders = new ArrayList<>();
        Selection some = select(
                table,
                List.of(new Output.Value(ItemIds.operand())),
                new Condition.Compare(operand(hidden), Condition.Comparison.EQUAL, fingerprint),
                List.of(),
                List.of(),
                2);
        try (RowCursor row = layer.select(some)) {
            while (row.next()) {
                holders.add(Rn.collection(table.namespace(), table.kind()).item(String.valueOf(row.get(0))));
            }
        }
        return holders;
    }

    private static Operand operand(ColumnSchema column) {
        ColumnKind kind = column.kind();
        return new Operand.Column(0, column.name(), kind);
    }

    private static Selection select(
            TableName table,
            List<Output> outputs,
            Condition where,
            List<Operand> groupBy,
            List<SortKey> order,
            int limit) {
        return new Selection(table, List.of(), outputs, where, groupBy, order, OptionalLong.of(limit));
    }
}
