package dev.korm.engine.version;

import dev.korm.engine.context.ChangeOrigins;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.engine.layer.ChangeRecorder;
import dev.korm.history.Operation;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code __korm_history__} of a layer: a row for each version of an item, written in the batch that made the version. Its key
 * is a {@link VersionKey}. One row more, {@link #BEGINNING}, says since when the history is complete.
 *
 * <p>Safe for many threads.
 */
public final class HistoryTable {
    public static final TableName NAME = ChangeRecorder.TABLE;

    /** The key of the row whose time is that since when the history is complete. Behind all versions. */
    public static final String BEGINNING = "~beginning";

    /** The key of the row that names this history, where bytes of files are kept for it. Behind {@link #BEGINNING}. */
    private static final String NAMED = "~name";

    private static final String TIME = "time";
    private static final String TRANSACTION = "transaction_id";

    private static final ColumnSchema LAYERS = new ColumnSchema("layers", ColumnKind.TEXT);

    private static final List<ColumnSchema> COLUMNS = List.of(
            new ColumnSchema("item_table", ColumnKind.TEXT),
            new ColumnSchema("item_id", ColumnKind.TEXT),
            new ColumnSchema("revision", ColumnKind.INTEGER),
            new ColumnSchema(TIME, ColumnKind.INTEGER),
            new ColumnSchema("operation", ColumnKind.TEXT),
            new ColumnSchema(TRANSACTION, ColumnKind.TEXT),
            new ColumnSchema("actor", ColumnKind.TEXT),
            new ColumnSchema("reason", ColumnKind.TEXT),
            new ColumnSchema("process", ColumnKind.TEXT),
            LAYERS,
            new ColumnSchema("image", ColumnKind.TEXT));

    private static final List<ColumnSchema> JUST_NAME =
            List.of(new ColumnSchema("item_id", ColumnKind.TEXT), new ColumnSchema(TIME, ColumnKind.INTEGER));
    private static final List<ColumnSchema> JUST_TIME = List.of(new ColumnSchema(TIME, ColumnKind.INTEGER));
    private static final List<Output> TIMES =
            List.of(new Output.Value(key()), new Output.Value(new Operand.Column(0, TIME, ColumnKind.INTEGER)));
    private static final int IMAGE = COLUMNS.size();

    /** Ranges of keys in one question. */
    public static final int RANGES = 40;

    /** How long before its versions a transaction may have begun, as while files are stored, and by how much clocks may be turned back; in microseconds. */
    private static final long BEGUN = TimeUnit.HOURS.toMicros(1);

    private final FederatedLayer layer;
    private final Function<Selection, RowCursor> reading;
    /** Asks for the times of two versions, as most changes of one item do; null until then. */
    private volatile @Nullable CompiledSelection timesOfTwo;

    public HistoryTable(FederatedLayer layer) {
        this(layer, layer::select);
    }

    /** @param reading runs selections of the layer, perhaps all in one moment of it */
    public HistoryTable(FederatedLayer layer, Function<Selection, RowCursor> reading) {
        this.layer = layer;
        this.reading = reading;
    }

    private static TableSchema wanted() {
        List<ColumnSchema> all = new ArrayList<>();
        all.add(new ColumnSchema(NAME.key(), ColumnKind.ID));
        all.addAll(COLUMNS);
        Operand transaction = new Operand.Column(0, TRANSACTION, ColumnKind.TEXT);
        IndexSchema byTransaction = new IndexSchema(
                "__korm_history__transaction_id", IndexSchema.Uniqueness.REPEATABLE, List.of(transaction));
        return new TableSchema(NAME, all, List.of(byTransaction));
    }

    /** Makes the table where it is missing, and notes when the history begins. */
    public void make(long micros) {
        TableSchema wanted = wanted();
        boolean complete = layer.schema(NAME)
                .filter(actual -> wanted.columns().stream().allMatch(column -> actual.has(column.name())))
                .isPresent();
        if (!complete) {
            layer.store().evolve(wanted, Set.of());
        }
        if (beginning().isEmpty()) {
            // Whoever comes second is refused by the key, and the first one's time stands.
            layer.store().apply(Batch.of(List.of(new Mutation.Insert(NAME, BEGINNING, JUST_TIME, Row.of(micros)))));
        }
    }

    /** Returns whether there is the table. */
    public boolean isThere() {
        return layer.schema(NAME).isPresent();
    }

    /**
     * Tells the transactions, and the times, of those versions between two times that are of changes of several layers. Ids of transactions begin with the time at which these began, so that the index of them serves; a transaction
     * that stored for longer before its change was made is not told.
     */
    public void times(long from, long to, ObjLongConsumer<String> each) {
        // Nobody has asked for one moment over layers before there was the column.
        boolean marked =
                layer.schema(NAME).filter(schema -> schema.has(LAYERS.name())).isPresent();
        if (!marked) {
            return;
        }
        Operand layers = new Operand.Column(0, LAYERS.name(), LAYERS.kind());
        Operand time = new Operand.Column(0, TIME, ColumnKind.INTEGER);
        Operand id = new Operand.Column(0, TRANSACTION, ColumnKind.TEXT);
        Condition between = new Condition.And(List.of(
                new Condition.Compare(time, Condition.Comparison.GREATER_OR_EQUAL, from),
                new Condition.Compare(time, Condition.Comparison.LESS_OR_EQUAL, to),
                new Condition.Compare(id, Condition.Comparison.GREATER_OR_EQUAL, ChangeOrigins.idAt(from - BEGUN)),
                new Condition.Compare(id, Condition.Comparison.LESS, ChangeOrigins.idAt(to + BEGUN))));
        boolean asked = layer.store().capabilities().pushdown().test(between);
        List<Output> outputs = List.of(new Output.Value(time), new Output.Value(id), new Output.Value(layers));
        try (RowCursor row = reading.apply(new Selection(
                NAME,
                List.of(),
                outputs,
                asked ? between : Condition.ALWAYS,
                List.of(),
                List.of(),
                OptionalLong.empty()))) {
            while (row.next()) {
                if (row.get(0) instanceof Number at
                        && row.get(1) instanceof String transaction
                        && row.get(2) != null
                        && at.longValue() >= from
                        && at.longValue() <= to) {
                    each.accept(transaction, at.longValue());
                }
            }
        }
    }

    /** Returns the moment since when the history is complete, in microseconds since 1970. */
    public OptionalLong beginning() {
        Condition row = new Condition.Compare(key(), Comparison.EQUAL, BEGINNING);
        List<Output> time = List.of(new Output.Value(new Operand.Column(0, TIME, ColumnKind.INTEGER)));
        try (RowCursor rows =
                reading.apply(new Selection(NAME, List.of(), time, row, List.of(), List.of(), OptionalLong.of(1)))) {
            return rows.next() && rows.get(0) instanceof Number micros
                    ? OptionalLong.of(micros.longValue())
                    : OptionalLong.empty();
        }
    }

    /** Returns the name of this history, which no other has, also of a layer of the same name; empty where it has none yet. */
    public Optional<String> name() {
        Condition row = new Condition.Compare(key(), Comparison.EQUAL, NAMED);
        List<Output> id = List.of(new Output.Value(new Operand.Column(0, "item_id", ColumnKind.TEXT)));
        try (RowCursor rows =
                reading.apply(new Selection(NAME, List.of(), id, row, List.of(), List.of(), OptionalLong.of(1)))) {
            return rows.next() && rows.get(0) instanceof String name ? Optional.of(name) : Optional.empty();
        }
    }

    /** Gives this history a name, unless it has one. */
    public String name(String fresh, long micros) {
        Optional<String> known = name();
        if (known.isPresent()) {
            return known.get();
        }
        // Whoever comes second is refused by the key, and the first one's name stands.
        layer.store().apply(Batch.of(List.of(new Mutation.Insert(NAME, NAMED, JUST_NAME, Row.of(fresh, micros)))));
        return name().orElse(fresh);
    }

    /** Notes that the history is complete only since a later moment. */
    public void beginLater(long micros) {
        if (beginning().orElse(micros) < micros) {
            layer.store()
                    .apply(Batch.of(List.of(
                            new Mutation.Update(NAME, BEGINNING, OptionalLong.empty(), JUST_TIME, Row.of(micros)))));
        }
    }

    public static Mutation insert(StoredVersion version) {
        return new Mutation.Insert(NAME, version.key(), COLUMNS, values(version));
    }

    /** Returns the change that puts a version into the place of one of the same key. */
    public static Mutation replacement(StoredVersion version) {
        return new Mutation.Update(NAME, version.key(), OptionalLong.empty(), COLUMNS, values(version));
    }

    private static Row values(StoredVersion version) {
        return Row.of(
                version.table(),
                version.id(),
                version.revision(),
                version.micros(),
                version.operation().name(),
                version.transaction(),
                version.actor(),
                version.reason(),
                version.process(),
                version.layers(),
                version.image());
    }

    public static Operand key() {
        return new Operand.Column(0, NAME.key(), ColumnKind.ID);
    }

    /** The content of rows that is read. */
    public enum Content {
        ALL,
        WITHOUT_IMAGE
    }

    /** Returns the times of those versions among some that there are, by key. */
    public Map<String, Long> times(List<String> keys) {
        Map<String, Long> times = new HashMap<>();
        for (List<String> some : ItemIds.chunks(keys, layer.store())) {
            put(times, selected(new Condition.OneOf(key(), List.copyOf(some)), TIMES, List.of(), OptionalLong.empty()));
        }
        return times;
    }

    /** Works as {@link #times(List)}, for two versions of this layer as it is now. */
    Map<String, Long> times(String one, String other) {
        CompiledSelection compiled = timesOfTwo;
        if (compiled == null) {
            Condition either = new Condition.OneOf(
                    key(),
                    List.of(new Condition.Parameter(0, ColumnKind.ID), new Condition.Parameter(1, ColumnKind.ID)));
            Selection selection =
                    new Selection(NAME, List.of(), TIMES, either, List.of(), List.of(), OptionalLong.empty());
            if (!layer.evaluates(FederatedSelection.of(selection))) {
                return times(List.of(one, other));
            }
            compiled = layer.store().compile(selection);
            timesOfTwo = compiled;
        }
        Map<String, Long> times = new HashMap<>();
        put(times, compiled.select(one, other));
        return times;
    }

    private static void put(Map<String, Long> times, RowCursor rows) {
        try (rows) {
            while (rows.next()) {
                times.put(String.valueOf(rows.get(0)), number(rows.get(1)));
            }
        }
    }

    /** Returns the last version in a range of keys; empty when there is none. */
    public Optional<StoredVersion> last(String from, String to, Content content) {
        return newest(from, to, 1, content).stream().findFirst();
    }

    /**
     * Returns the last versions in a range of keys, the last one first.
     *
     * @param from included
     * @param to excluded
     */
    public List<StoredVersion> newest(String from, String to, int limit, Content content) {
        return read(between(from, to), SortKey.Direction.DESCENDING, OptionalLong.of(limit), content);
    }

    /** Returns the first versions in a range of keys, in their order. */
    public List<StoredVersion> oldest(String from, String to, int limit, Content content) {
        return read(between(from, to), SortKey.Direction.ASCENDING, OptionalLong.of(limit), content);
    }

    /** Returns the last version of an item that is not later than a moment; empty when there is none. */
    public Optional<StoredVersion> lastAt(VersionKey item, long micros) {
        Condition inTime = new Condition.Compare(
                new Operand.Column(0, TIME, ColumnKind.INTEGER), Comparison.LESS_OR_EQUAL, micros);
        Condition where = new Condition.And(List.of(between(item.first(), item.end()), inTime));
        return read(where, SortKey.Direction.DESCENDING, OptionalLong.of(1), Content.ALL).stream()
                .findFirst();
    }

    /** Returns the images of versions, by key. */
    public Map<String, String> images(List<String> keys) {
        Map<String, String> images = new HashMap<>();
        List<Output> outputs =
                List.of(new Output.Value(key()), new Output.Value(new Operand.Column(0, "image", ColumnKind.TEXT)));
        for (List<String> some : ItemIds.chunks(keys, layer.store())) {
            Condition where = new Condition.OneOf(key(), List.copyOf(some));
            try (RowCursor row = selected(where, outputs, List.of(), OptionalLong.empty())) {
                while (row.next()) {
                    if (row.get(1) instanceof String image) {
                        images.put(String.valueOf(row.get(0)), image);
                    }
                }
            }
        }
        return images;
    }

    /** Returns those of some texts that are the image of a version in a range of keys; reads all of the range. */
    public Set<String> imagesAmong(Set<String> texts, String from, String to) {
        Set<String> found = new HashSet<>();
        List<Output> outputs = List.of(new Output.Value(new Operand.Column(0, "image", ColumnKind.TEXT)));
        try (RowCursor row = selected(between(from, to), outputs, List.of(), OptionalLong.empty())) {
            while (row.next()) {
                if (row.get(0) instanceof String text && texts.contains(text)) {
                    found.add(text);
                }
            }
        }
        return found;
    }

    /** Returns which of some items have a version. */
    public Set<VersionKey> present(List<VersionKey> items) {
        Set<VersionKey> present = new HashSet<>();
        for (int from = 0; from < items.size(); from += RANGES) {
            List<Condition> each = new ArrayList<>();
            for (VersionKey item : items.subList(from, Math.min(items.size(), from + RANGES))) {
                each.add(between(item.first(), item.end()));
            }
            List<Output> outputs = List.of(new Output.Value(key()));
            try (RowCursor row = selected(new Condition.Or(each), outputs, List.of(), OptionalLong.empty())) {
                while (row.next()) {
                    present.add(new VersionKey(VersionKey.itemOf(String.valueOf(row.get(0)))));
                }
            }
        }
        return present;
    }

    /**
     * Returns the keys of all versions of some items, in no order; empty where there are more than some.
     *
     * @param items {@value #RANGES} at the most
     */
    public Optional<List<String>> keys(List<VersionKey> items, int most) {
        List<Condition> each = new ArrayList<>();
        items.forEach(item -> each.add(between(item.first(), item.end())));
        List<String> keys = new ArrayList<>();
        List<Output> outputs = List.of(new Output.Value(key()));
        try (RowCursor row = selected(new Condition.Or(each), outputs, List.of(), OptionalLong.of(most + 1L))) {
            while (row.next()) {
                keys.add(String.valueOf(row.get(0)));
            }
        }
        return keys.size() > most ? Optional.empty() : Optional.of(keys);
    }

    /** Returns the versions of some keys that there are, by key. */
    public Map<String, StoredVersion> versions(Collection<String> keys) {
        Map<String, StoredVersion> versions = new HashMap<>();
        for (List<String> some : ItemIds.chunks(List.copyOf(keys), layer.store())) {
            Condition where = new Condition.OneOf(key(), List.copyOf(some));
            each(
                    where,
                    SortKey.Direction.ASCENDING,
                    OptionalLong.empty(),
                    Content.ALL,
                    found -> versions.put(found.key(), found));
        }
        return versions;
    }

    /** Returns the versions that a transaction made, without their images. */
    public List<StoredVersion> ofTransaction(String transaction, int limit) {
        Operand operand = new Operand.Column(0, TRANSACTION, ColumnKind.TEXT);
        return read(
                new Condition.Compare(operand, Comparison.EQUAL, transaction),
                SortKey.Direction.ASCENDING,
                OptionalLong.of(limit),
                Content.WITHOUT_IMAGE);
    }

    private static Condition between(String from, String to) {
        return new Condition.And(List.of(
                new Condition.Compare(key(), Comparison.GREATER_OR_EQUAL, from),
                new Condition.Compare(key(), Comparison.LESS, to)));
    }

    private List<StoredVersion> read(
            Condition where, SortKey.Direction direction, OptionalLong limit, Content content) {
        List<StoredVersion> versions = new ArrayList<>();
        each(where, direction, limit, content, versions::add);
        return versions;
    }

    private void each(
            Condition where,
            SortKey.Direction direction,
            OptionalLong limit,
            Content content,
            Consumer<StoredVersion> visitor) {
        Optional<TableSchema> schema = layer.schema(NAME);
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(key()));
        for (ColumnSchema column : COLUMNS.subList(0, content == Content.ALL ? IMAGE : IMAGE - 1)) {
            // A layer that is only read may have a table from before there was a column.
            outputs.add(new Output.Value(
                    schema.filter(there -> !there.has(column.name())).isPresent()
                            ? new Operand.Absent(column.kind())
                            : new Operand.Column(0, column.name(), column.kind())));
        }
        List<SortKey> order = List.of(new SortKey(new Output.Value(key()), direction, SortKey.Nulls.LAST));
        try (RowCursor row = selected(where, outputs, order, limit)) {
            while (row.next()) {
                if (!BEGINNING.equals(row.get(0))) {
                    visitor.accept(version(row, content));
                }
            }
        }
    }

    private RowCursor selected(Condition where, List<Output> outputs, List<SortKey> order, OptionalLong limit) {
        return reading.apply(new Selection(NAME, List.of(), outputs, where, List.of(), order, limit));
    }

    private static StoredVersion version(RowCursor row, Content content) {
        return new StoredVersion(
                String.valueOf(row.get(0)),
                String.valueOf(row.get(1)),
                String.valueOf(row.get(2)),
                number(row.get(3)),
                number(row.get(4)),
                Operation.valueOf(String.valueOf(row.get(5))),
                text(row.get(6)),
                text(row.get(7)),
                text(row.get(8)),
                text(row.get(9)),
                text(row.get(10)),
                content == Content.ALL ? text(row.get(IMAGE)) : null);
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text ? text : null;
    }

    /** Deletes versions, and returns how many of them were there. */
    public int delete(List<String> keys) {
        List<Mutation> deletions = new ArrayList<>();
        keys.forEach(key -> deletions.add(new Mutation.Delete(NAME, key, OptionalLong.empty())));
        if (layer.store().apply(Batch.of(deletions)) instanceof BatchResult.Applied) {
            return keys.size();
        }
        // Somebody else deletes, too.
        int deleted = 0;
        for (Mutation deletion : deletions) {
            deleted += layer.store().apply(Batch.of(List.of(deletion))) instanceof BatchResult.Applied ? 1 : 0;
        }
        return deleted;
    }
}
