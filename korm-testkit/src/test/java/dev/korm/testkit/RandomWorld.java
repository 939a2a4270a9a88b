package dev.korm.testkit;

import dev.korm.spi.Batch;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.query.TextPattern;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;

/** Two tables that refer to each other, and anything that can be asked or changed of them. */
public final class RandomWorld {
    public static final String LAYER = "main";
    private static final List<ColumnKind> COLUMN_KINDS = List.of(
            ColumnKind.TEXT,
            ColumnKind.INTEGER,
            ColumnKind.REAL,
            ColumnKind.BOOLEAN,
            ColumnKind.DECIMAL,
            ColumnKind.BYTES,
            ColumnKind.JSON,
            ColumnKind.ENCRYPTED,
            ColumnKind.FINGERPRINT,
            ColumnKind.RN);
    private static final List<ColumnKind> KINDS = List.of(
            ColumnKind.ID,
            ColumnKind.TEXT,
            ColumnKind.INTEGER,
            ColumnKind.REAL,
            ColumnKind.BOOLEAN,
            ColumnKind.DECIMAL,
            ColumnKind.BYTES,
            ColumnKind.JSON,
            ColumnKind.ENCRYPTED,
            ColumnKind.FINGERPRINT,
            ColumnKind.RN,
            ColumnKind.OTHER);
    private static final List<ColumnKind> ORDERED = List.of(
            ColumnKind.ID,
            ColumnKind.TEXT,
            ColumnKind.INTEGER,
            ColumnKind.REAL,
            ColumnKind.BOOLEAN,
            ColumnKind.DECIMAL,
            ColumnKind.RN,
            ColumnKind.FINGERPRINT,
            ColumnKind.OTHER);
    private static final int IDS = 10;

    private final Random random;
    private final RandomValues values;
    private final List<TableSchema> schemas = new ArrayList<>();
    private final Map<TableName, List<String>> ids = new LinkedHashMap<>();
    private int source;

    public RandomWorld(long seed, RandomValues.JsonColumns jsonColumns) {
        this.random = new Random(seed);
        List<String> references = new ArrayList<>();
        for (TableName table : List.of(TableName.items("aa", "x1"), TableName.items("bb", "y"))) {
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < IDS; i++) {
                String id = new UUID(random.nextLong() & ~0xF000L | 0x4000L, random.nextLong() & ~(3L << 62) | 2L << 62)
                        .toString();
                keys.add(id);
                for (String mods : List.of("", "[from::main]", "[from::other]", "[tag::x]", "[tag::x][from::main]")) {
                    if (mods.isEmpty() || random.nextInt(6) == 0) {
                        references.add("[rn]" + mods + ":" + table.namespace() + ":" + table.kind() + ":" + id);
                    }
                }
            }
            references.add("[rn]:" + table.namespace() + ":" + table.kind() + ":*");
            ids.put(table, keys);
            schemas.add(schema(table));
        }
        references.add(
                "[rn][depot::files]:aa:x1:" + ids.get(schemas.get(0).table()).get(0));
        references.add("[rn]:aa:y:" + ids.get(schemas.get(0).table()).get(0));
        this.values = new RandomValues(random, jsonColumns, references);
    }

    public List<TableSchema> schemas() {
        return schemas;
    }

    private static TableSchema schema(TableName table) {
        List<ColumnSchema> columns = new ArrayList<>();
        columns.add(new ColumnSchema(TableName.ID, ColumnKind.ID));
        for (ColumnKind kind : COLUMN_KINDS) {
            columns.add(new ColumnSchema(kind.name().toLowerCase(java.util.Locale.ROOT) + "1", kind));
            columns.add(new ColumnSchema(kind.name().toLowerCase(java.util.Locale.ROOT) + "2", kind));
        }
        columns.add(new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));
        String suffix = table.namespace();
        return new TableSchema(
                table,
                columns,
                List.of(
                        new IndexSchema(
                                "unique_" + suffix,
                                IndexSchema.Uniqueness.UNIQUE,
                                List.of(
                                        new Operand.Column(0, "text2", ColumnKind.TEXT),
                                        new Operand.Column(0, "integer2", ColumnKind.INTEGER))),
                        new IndexSchema(
                                "path_" + suffix,
                                IndexSchema.Uniqueness.REPEATABLE,
                                List.of(new Operand.Json(
                                        new Operand.Column(0, "json1", ColumnKind.JSON),
                                        member("a"),
                                        ColumnKind.TEXT))),
                        new IndexSchema(
                                "reference_" + suffix,
                                IndexSchema.Uniqueness.REPEATABLE,
                                List.of(new Operand.Column(0, "rn1", ColumnKind.RN)))));
    }

    private static JsonPath member(String key) {
        return new JsonPath(List.of(new JsonPath.Member(key)));
    }

    /** A batch that adds a row for most ids. */
    public Batch filling() {
        List<Mutation> inserts = new ArrayList<>();
        for (TableSchema schema : schemas) {
            for (String id : ids.get(schema.table())) {
                if (values.chance(85)) {
                    inserts.add(insert(schema, id, inserts.size()));
                }
            }
        }
        return Batch.of(inserts);
    }

    private Mutation insert(TableSchema schema, String id, int number) {
        List<ColumnSchema> columns = new ArrayList<>(schema.columns());
        columns.remove(0);
        columns.removeIf(column -> column.name().endsWith("1") && values.chance(10));
        Object[] row = row(columns);
        for (int i = 0; i < row.length; i++) {
            if (columns.get(i).name().equals(TableName.REVISION)) {
                row[i] = 1L;
            } else if (number >= 0 && columns.get(i).name().equals("integer2")) {
                row[i] = (long) number;
            }
        }
        return new Mutation.Insert(schema.table(), id, columns, Row.of(row));
    }

    private Object[] row(List<ColumnSchema> columns) {
        Object[] row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = values.chance(20) ? null : values.value(columns.get(i).kind());
        }
        return row;
    }

    public Batch batch() {
        List<Mutation> mutations = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            mutations.add(mutation());
        }
        return new Batch(
                mutations,
                values.chance(20)
                        ? Optional.of(new TransactionMarker(
                                "tx" + random.nextInt(5), "pool", Instant.ofEpochMilli(random.nextInt())))
                        : Optional.empty());
    }

    private Mutation mutation() {
        TableSchema schema = values.one(schemas);
        String id = values.one(ids.get(schema.table()));
        OptionalLong revision = values.chance(50) ? OptionalLong.empty() : OptionalLong.of(1 + random.nextInt(3));
        switch (random.nextInt(10)) {
            case 0, 1, 2:
                return insert(schema, id, -1);
            case 3, 4, 5, 6:
                List<ColumnSchema> columns = someColumns(schema);
                return new Mutation.Update(schema.table(), id, revision, columns, Row.of(row(columns)));
            case 7:
                return new Mutation.Delete(schema.table(), id, revision);
            case 8:
                List<ColumnSchema> changed = someColumns(schema);
                return new Mutation.UpdateSelected(picking(schema), changed, Row.of(row(changed)));
            default:
                Selection selection = picking(schema);
                return new Mutation.DeleteSelected(new Selection(
                        selection.from(),
                        selection.joins(),
                        List.of(),
                        new Condition.And(List.of(
                                selection.where(),
                                new Condition.OneOf(
                                        new Operand.Column(0, TableName.ID, ColumnKind.ID),
                                        List.of(id, values.one(ids.get(schema.table())))))),
                        List.of(),
                        List.of(),
                        OptionalLong.empty()));
        }
    }

    private List<ColumnSchema> someColumns(TableSchema schema) {
        List<ColumnSchema> columns = new ArrayList<>();
        for (ColumnSchema column : schema.columns()) {
            if (!column.isHidden() && values.chance(25)) {
                columns.add(column);
            }
        }
        return columns;
    }

    private Selection picking(TableSchema schema) {
        Question question = new Question(schema.table());
        question.joins();
        Condition where = question.condition(question.sources, 0);
        boolean limited = values.chance(40);
        return new Selection(
                schema.table(),
                question.joins,
                List.of(),
                where,
                List.of(),
                limited ? List.of(question.key(new Output.Value(question.id()))) : List.of(),
                limited ? OptionalLong.of(random.nextInt(4)) : OptionalLong.empty());
    }

    /** A selection, and the constants for its parameters. */
    public record Asked(Selection selection, List<Object> constants) {}

    public Asked selection() {
        Question question = new Question(values.one(schemas).table());
        question.mayHaveParameters = values.chance(30);
        question.joins();
        Condition where = values.chance(10) ? Condition.ALWAYS : question.condition(question.sources, 0);
        Selection selection = values.chance(35) ? question.grouped(where) : question.plain(where);
        return new Asked(selection, question.constants);
    }

    /** What can be named at a place. */
    private record Source(int number, Optional<TableName> table) {}

    private final class Question {
        private final TableName from;
        private final List<Source> sources = new ArrayList<>();
        private final List<Join> joins = new ArrayList<>();
        private final List<Object> constants = new ArrayList<>();
        private boolean mayHaveParameters;

        Question(TableName from) {
            this.from = from;
            source = 0;
            sources.add(new Source(0, Optional.of(from)));
        }

        void joins() {
            for (int i = random.nextInt(3); i > 0; i--) {
                joins.add(join(sources));
            }
        }

        private Join join(List<Source> within) {
            TableName target = values.one(schemas).table();
            Join join = new Join(++source, operand(ColumnKind.RN, within, 0), target);
            within.add(new Source(join.source(), Optional.of(target)));
            return join;
        }

        Selection plain(Condition where) {
            List<Output> outputs = new ArrayList<>();
            outputs.add(new Output.Value(id()));
            for (int i = random.nextInt(5); i > 0; i--) {
                outputs.add(new Output.Value(operand(values.one(KINDS), sources, 0)));
            }
            List<SortKey> order = new ArrayList<>();
            OptionalLong limit = OptionalLong.empty();
            if (values.chance(50)) {
                for (int i = random.nextInt(3); i > 0; i--) {
                    order.add(key(new Output.Value(operand(values.one(ORDERED), sources, 0))));
                }
                order.add(key(outputs.get(0)));
                limit = values.chance(50) ? OptionalLong.of(random.nextInt(8)) : limit;
            }
            return new Selection(from, joins, outputs, where, List.of(), order, limit);
        }

        Selection grouped(Condition where) {
            List<Operand> groupBy = new ArrayList<>();
            List<Output> outputs = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                Operand operand = operand(values.one(KINDS), sources, 0);
                groupBy.add(operand);
                outputs.add(new Output.Value(operand));
            }
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                outputs.add(values.chance(25) ? new Output.Count() : figure());
            }
            List<SortKey> order = new ArrayList<>();
            for (Output output : outputs) {
                if (values.chance(40) && ORDERED.contains(output.kind()) && isExact(output)) {
                    order.add(key(output));
                }
            }
            return new Selection(from, joins, outputs, where, groupBy, order, OptionalLong.empty());
        }

        private Output figure() {
            Output.Function function = values.one(List.of(Output.Function.values()));
            ColumnKind kind =
                    switch (function) {
                        case SUM, AVERAGE ->
                            values.one(List.of(ColumnKind.INTEGER, ColumnKind.REAL, ColumnKind.DECIMAL));
                        case MINIMUM, MAXIMUM -> values.one(ORDERED);
                        case DISTINCT -> values.one(KINDS);
                    };
            return new Output.Aggregate(function, operand(kind, sources, 0));
        }

        private SortKey key(Output output) {
            return new SortKey(
                    output,
                    values.one(List.of(SortKey.Direction.values())),
                    values.one(List.of(SortKey.Nulls.values())));
        }

        private Operand id() {
            return new Operand.Column(0, TableName.ID, ColumnKind.ID);
        }

        Condition condition(List<Source> within, int depth) {
            int sort = random.nextInt(depth > 2 ? 7 : 12);
            switch (sort) {
                case 0, 1, 2:
                    return compare(within);
                case 3:
                    return oneOf(within);
                case 4:
                    return matches(within);
                case 5:
                    return new Condition.IsNull(operand(values.one(KINDS), within, 0));
                case 6:
                    return depth > 2 ? compare(within) : anyElement(within, depth);
                case 7:
                    return anyElement(within, depth);
                case 8:
                    return new Condition.Not(condition(within, depth + 1));
                case 9, 10:
                    return new Condition.And(conditions(within, depth));
                default:
                    return new Condition.Or(conditions(within, depth));
            }
        }

        private List<Condition> conditions(List<Source> within, int depth) {
            List<Condition> all = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                all.add(condition(within, depth + 1));
            }
            return all;
        }

        private Condition compare(List<Source> within) {
            ColumnKind kind = values.one(KINDS);
            Operand operand = operand(kind, within, 0);
            List<Comparison> comparisons =
                    kind == ColumnKind.JSON || kind == ColumnKind.ENCRYPTED || kind == ColumnKind.BYTES
                            ? List.of(Comparison.EQUAL, Comparison.NOT_EQUAL)
                            : Arrays.asList(Comparison.values());
            return new Condition.Compare(operand, values.one(comparisons), constant(kind));
        }

        private Condition oneOf(List<Source> within) {
            ColumnKind kind = values.one(KINDS);
            List<Object> all = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                all.add(constant(kind));
            }
            return new Condition.OneOf(operand(kind, within, 0), all);
        }

        private Object constant(ColumnKind kind) {
            Object constant = values.constant(kind);
            if (!mayHaveParameters || values.chance(30)) {
                return constant;
            }
            constants.add(constant);
            ColumnKind named = constant instanceof Long
                    ? ColumnKind.INTEGER
                    : constant instanceof Double
                            ? ColumnKind.REAL
                            : constant instanceof java.math.BigDecimal
                                    ? ColumnKind.DECIMAL
                                    : constant instanceof Boolean
                                            ? ColumnKind.BOOLEAN
                                            : kind == ColumnKind.OTHER ? ColumnKind.TEXT : kind;
            return new Condition.Parameter(constants.size() - 1, named);
        }

        private Condition matches(List<Source> within) {
            List<TextPattern.Part> parts = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                parts.add(
                        switch (random.nextInt(5)) {
                            case 0, 1 -> new TextPattern.AnyText();
                            case 2 -> new TextPattern.AnyCharacter();
                            default -> new TextPattern.Literal(values.text());
                        });
            }
            return new Condition.Matches(
                    operand(values.one(List.of(ColumnKind.TEXT, ColumnKind.TEXT, ColumnKind.RN)), within, 0),
                    new TextPattern(parts, values.one(List.of(TextPattern.Case.values()))));
        }

        private Condition anyElement(List<Source> within, int depth) {
            Operand container = operand(ColumnKind.JSON, within, 0);
            List<Source> inside = new ArrayList<>(within);
            int number = ++source;
            inside.add(new Source(number, Optional.empty()));
            List<Join> inner = new ArrayList<>();
            if (values.chance(30)) {
                JsonPath path = values.chance(50) ? JsonPath.ROOT : path();
                Join join = new Join(
                        ++source,
                        new Operand.Json(new Operand.Element(number), path, ColumnKind.RN),
                        values.one(schemas).table());
                inner.add(join);
                inside.add(new Source(join.source(), Optional.of(join.target())));
            }
            return new Condition.AnyElement(
                    number,
                    container,
                    values.one(List.of(Condition.Members.values())),
                    inner,
                    condition(inside, depth + 1));
        }

        private JsonPath path() {
            List<JsonPath.Step> steps = new ArrayList<>();
            do {
                steps.add(
                        values.chance(75)
                                ? new JsonPath.Member(values.chance(60) ? "a" : values.one(RandomValues.KEYS))
                                : new JsonPath.Entry(random.nextInt(3)));
            } while (values.chance(30));
            return new JsonPath(steps);
        }

        private Operand operand(ColumnKind kind, List<Source> within, int depth) {
            int sort = random.nextInt(20);
            if (sort == 0) {
                return new Operand.Absent(kind);
            }
            if (sort <= 2 && depth == 0 && kind != ColumnKind.BYTES) {
                List<Operand> all = new ArrayList<>();
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    all.add(operand(kind, within, 1));
                }
                return new Operand.Coalesce(all);
            }
            Source chosen = values.one(within);
            if (chosen.table().isEmpty() && values.chance(20) && kind == ColumnKind.JSON) {
                return new Operand.Element(chosen.number());
            }
            if (chosen.table().isPresent() && kind == ColumnKind.ID) {
                return new Operand.Column(chosen.number(), TableName.ID, kind);
            }
            if (chosen.table().isPresent() && kind != ColumnKind.OTHER && values.chance(65)) {
                return column(chosen, kind);
            }
            Operand document =
                    chosen.table().isPresent() ? column(chosen, ColumnKind.JSON) : new Operand.Element(chosen.number());
            if (values.chance(10)) {
                document = new Operand.Json(document, path(), ColumnKind.JSON);
            }
            return new Operand.Json(document, values.chance(20) ? JsonPath.ROOT : path(), kind);
        }

        private Operand column(Source chosen, ColumnKind kind) {
            String name = kind.name().toLowerCase(java.util.Locale.ROOT) + (1 + random.nextInt(2));
            return new Operand.Column(chosen.number(), name, kind);
        }
    }

    /** Whether both layers have to answer the same to the last bit. */
    static boolean isExact(Output output) {
        return !(output instanceof Output.Aggregate aggregate)
                || aggregate.function() != Output.Function.AVERAGE
                        && (aggregate.function() != Output.Function.SUM || output.kind() == ColumnKind.DECIMAL);
    }
}
