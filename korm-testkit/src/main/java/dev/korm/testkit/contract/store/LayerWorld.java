package dev.korm.testkit.contract.store;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The world of one contract test: layers that are closed at its end, a table with a column of every kind, short words. */
abstract class LayerWorld {
    static final TableName THINGS = TableName.items("contract", "thing");
    static final TableName OWNERS = TableName.items("contract", "owner");
    static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);

    static final List<ColumnSchema> COLUMNS = List.of(
            new ColumnSchema("text", ColumnKind.TEXT),
            new ColumnSchema("whole", ColumnKind.INTEGER),
            new ColumnSchema("ratio", ColumnKind.REAL),
            new ColumnSchema("flag", ColumnKind.BOOLEAN),
            new ColumnSchema("amount", ColumnKind.DECIMAL),
            new ColumnSchema("bytes", ColumnKind.BYTES),
            new ColumnSchema("data", ColumnKind.JSON),
            new ColumnSchema("owner", ColumnKind.RN),
            new ColumnSchema("secret", ColumnKind.ENCRYPTED),
            REVISION);

    private final List<Layer> opened = new ArrayList<>();
    private @Nullable Layer shared;

    /**
     * Opens the store of this test, which is empty at first. Called again, it opens the same store where {@link #isShared}
     * says so. The contract closes what it opened.
     *
     * @param name the layer's name
     */
    protected abstract Layer open(String name);

    /** Returns whether two layers opened in one test see the same store, and a later one what an earlier one wrote. */
    protected abstract boolean isShared();

    @AfterEach
    void closeLayers() {
        opened.forEach(Layer::close);
    }

    /** Returns the layer of this test, called "main". */
    final Layer layer() {
        if (shared == null) {
            shared = another();
        }
        return shared;
    }

    /** Opens one more layer over the store. */
    final Layer another() {
        Layer layer = open("main");
        opened.add(layer);
        return layer;
    }

    final Layer things() {
        layer().evolve(schema(THINGS, COLUMNS), Set.of());
        return layer();
    }

    static TableSchema schema(TableName table, List<ColumnSchema> columns) {
        List<ColumnSchema> all = new ArrayList<>(List.of(new ColumnSchema(table.key(), ColumnKind.ID)));
        all.addAll(columns);
        return new TableSchema(table, all, List.of());
    }

    static String id(int number) {
        return new UUID(0x4000L, 0x8000_0000_0000_0000L | number).toString();
    }

    static ColumnSchema column(String name) {
        return COLUMNS.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static Operand.Column of(String name) {
        return new Operand.Column(0, name, column(name).kind());
    }

    static Operand.Column key() {
        return new Operand.Column(0, TableName.ID, ColumnKind.ID);
    }

    static Operand.Json json(ColumnKind kind, Object... path) {
        return json(of("data"), kind, path);
    }

    static Operand.Json json(Operand document, ColumnKind kind, Object... path) {
        List<JsonPath.Step> steps = new ArrayList<>();
        for (Object step : path) {
            steps.add(step instanceof Integer index ? new JsonPath.Entry(index) : new JsonPath.Member((String) step));
        }
        return new Operand.Json(document, new JsonPath(steps), kind);
    }

    /** Returns a row with one column set. */
    static Mutation.Insert insert(int number, String column, @Nullable Object value) {
        return new Mutation.Insert(THINGS, id(number), List.of(column(column), REVISION), Row.of(value, 1L));
    }

    final void insertAll(String column, @Nullable Object... values) {
        List<Mutation> mutations = new ArrayList<>();
        List<ColumnSchema> columns = List.of(column(column), REVISION);
        for (int i = 0; i < values.length; i++) {
            mutations.add(new Mutation.Insert(THINGS, id(i), columns, Row.of(values[i], 1L)));
        }
        applied(mutations.toArray(new Mutation[0]));
    }

    final List<Long> applied(Mutation... mutations) {
        BatchResult result = apply(mutations);
        if (result instanceof BatchResult.Applied applied) {
            return applied.rows();
        }
        throw new AssertionError("Refused: " + result);
    }

    final BatchResult apply(Mutation... mutations) {
        return layer().apply(Batch.of(List.of(mutations)));
    }

    static Selection selection(Condition where, Output... outputs) {
        return new Selection(THINGS, List.of(), List.of(outputs), where, List.of(), List.of(), OptionalLong.empty());
    }

    static Selection joined(Join join, Condition where, Output... outputs) {
        return new Selection(
                THINGS, List.of(join), List.of(outputs), where, List.of(), List.of(), OptionalLong.empty());
    }

    static Output.Value value(Operand operand) {
        return new Output.Value(operand);
    }

    static SortKey ascending(Operand operand) {
        return new SortKey(value(operand), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST);
    }

    static Condition equal(Operand operand, Object constant) {
        return new Condition.Compare(operand, Condition.Comparison.EQUAL, constant);
    }

    static Condition compare(Operand operand, Condition.Comparison comparison, Object constant) {
        return new Condition.Compare(operand, comparison, constant);
    }

    static Condition not(Condition condition) {
        return new Condition.Not(condition);
    }

    /** Returns the rows that satisfy the condition, as the numbers that they were inserted by, sorted. */
    final List<Integer> where(Condition condition) {
        return numbers(selection(condition, value(key()))).stream().sorted().toList();
    }

    /** Returns the numbers of the rows, in the order of the answer. */
    final List<Integer> numbers(Selection selection) {
        List<Integer> numbers = new ArrayList<>();
        for (List<@Nullable Object> row : rows(selection)) {
            numbers.add((int) (UUID.fromString((String) row.get(0)).getLeastSignificantBits() & 0xffff));
        }
        return numbers;
    }

    final List<List<@Nullable Object>> rows(Selection selection) {
        try (RowCursor cursor = layer().select(selection)) {
            return read(cursor, selection.outputs().size());
        }
    }

    static List<List<@Nullable Object>> read(RowCursor cursor, int columns) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        while (cursor.next()) {
            List<@Nullable Object> row = new ArrayList<>();
            for (int i = 0; i < columns; i++) {
                row.add(cursor.get(i));
            }
            rows.add(row);
        }
        return rows;
    }

    /** Returns the one value of a one-row answer. */
    final @Nullable Object only(Selection selection) {
        List<List<@Nullable Object>> rows = rows(selection);
        if (rows.size() != 1) {
            throw new AssertionError("One row was expected, not " + rows.size());
        }
        return rows.get(0).get(0);
    }
}
