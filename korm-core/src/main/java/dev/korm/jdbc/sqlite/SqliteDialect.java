package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.number.Decimals;
import dev.korm.jdbc.number.JsonTexts;
import dev.korm.jdbc.sql.ColumnReader;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.IndexParts;
import dev.korm.jdbc.sql.ReferenceSpellings;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.sql.text.Constants;
import dev.korm.jdbc.sql.text.LikePattern;
import dev.korm.jdbc.sql.text.RenderException;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.jdbc.sql.text.StatementLimits;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.query.TextPattern;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SQLite's SQL.
 *
 * <p>JSON lies in text columns, where another program may have put anything. SQLite's JSON functions fail on what is no
 * JSON, so each use of a column goes through {@code json_valid}. Kinds are told apart by {@code json_type}, since the
 * functions answer {@code true} as 1.
 */
final class SqliteDialect implements Dialect {
    static final SqliteDialect INSTANCE = new SqliteDialect("sum");

    /** Adds up whole numbers exactly, whatever the order; a function of korm's, which takes eight times as long for each row. */
    static final SqliteDialect EXACT_SUMS = new SqliteDialect(SqliteFunctions.WHOLE_SUM);

    /** So many arguments at the most are given to one function; SQLite takes 127 in its oldest builds. */
    private static final int ARGUMENTS = 100;

    /** The driver's SQLite binds so many values, and no more characters are allowed by {@link SqliteConnector}. */
    static final StatementLimits LIMITS = new StatementLimits("SQLite", 250_000, 16_000_000);

    private static final int RN_ID = 36;

    private final String wholeSum;

    private SqliteDialect(String wholeSum) {
        this.wholeSum = wholeSum;
    }

    @Override
    public SqlWriter writer() {
        return new SqlWriter('"', LIMITS);
    }

    @Override
    public void table(SqlWriter sql, TableName table) {
        sql.name(table.text());
    }

    @Override
    public String truth(boolean value) {
        return value ? "1" : "0";
    }

    @Override
    public void grouped(SqlWriter sql, Operand operand, TableSources sources) {
        value(sql, operand, sources);
    }

    @Override
    public void equatable(SqlWriter sql, Operand operand, TableSources sources) {
        comparable(sql, operand, sources);
    }

    @Override
    public void value(SqlWriter sql, Operand operand, TableSources sources) {
        if (operand instanceof Operand.Column column) {
            if (sources.lacksRevision(column)) {
                sql.add("0");
            } else {
                sql.column(column.source(), column.name());
            }
        } else if (operand instanceof Operand.Json json) {
            json(sql, merged(json), sources);
        } else if (operand instanceof Operand.Element element) {
            SqliteJson.elementText(sql, element.source());
        } else if (operand instanceof Operand.Coalesce first) {
            firstOf(sql, first, sources);
        } else if (operand instanceof Operand.Constant constant) {
            TableSources from = sources;
            Constants.write(
                    sql,
                    constant,
                    witness -> value(sql, witness, from),
                    () -> sql.bind(constant(constant, Condition.Comparison.EQUAL, constant.value())));
        } else {
            sql.add("NULL");
        }
    }

    /** Writes what keeps nulls out as a range of an index, which SQLite does not see in {@code NOT (… IS NULL)}: it would pass by every null. */
    @Override
    public boolean condition(SqlWriter sql, Condition condition, TableSources sources) {
        if (condition instanceof Condition.Not not
                && not.condition() instanceof Condition.IsNull isNull
                && isNull.operand() instanceof Operand.Column) {
            value(sql, isNull.operand(), sources);
            sql.add(" IS NOT NULL");
            return true;
        }
        return false;
    }

    private void firstOf(SqlWriter sql, Operand.Coalesce first, TableSources sources) {
        firstOf(sql, first.operands(), sources);
    }

    /** Nests where there are more than a function takes. */
    private void firstOf(SqlWriter sql, List<Operand> operands, TableSources sources) {
        if (operands.size() == 1) {
            value(sql, operands.get(0), sources);
            return;
        }
        int together = 1;
        while (together * ARGUMENTS < operands.size()) {
            together *= ARGUMENTS;
        }
        for (int from = 0; from < operands.size(); from += together) {
            sql.add(from == 0 ? "coalesce(" : ", ");
            firstOf(sql, operands.subList(from, Math.min(from + together, operands.size())), sources);
        }
        sql.add(")");
    }

    @Override
    public void comparable(SqlWriter sql, Operand operand, TableSources sources) {
        if (isJsonValue(operand)) {
            sql.add(SqliteFunctions.JSON).add("(");
            value(sql, operand, sources);
            sql.add(")");
        } else {
            value(sql, operand, sources);
            sql.add(collation(operand));
        }
    }

    private static boolean isJsonValue(Operand operand) {
        return operand.kind() == ColumnKind.JSON || operand.kind() == ColumnKind.ENCRYPTED;
    }

    private static String collation(Operand operand) {
        if (operand.kind() == ColumnKind.DECIMAL) {
            return " COLLATE " + SqliteFunctions.DECIMAL_ORDER;
        }
        return operand.kind() == ColumnKind.OTHER && ColumnReader.isJson(operand)
                ? " COLLATE " + SqliteFunctions.SCALAR_ORDER
                : "";
    }

    @Override
    public Object constant(Operand operand, Condition.Comparison comparison, Object constant) {
        return switch (operand.kind()) {
            case INTEGER, REAL -> constant instanceof BigDecimal decimal ? number(decimal, comparison) : constant;
            case DECIMAL -> Decimals.exact(constant).toString();
            case BOOLEAN -> constant instanceof Boolean yes ? (Object) (yes ? 1L : 0L) : constant;
            case JSON, ENCRYPTED -> JsonTexts.canonical((String) constant);
            case BYTES ->
                constant instanceof byte[] bytes && ColumnReader.isJson(operand)
                        ? Base64.getEncoder().encodeToString(bytes)
                        : constant;
            case ID, TEXT, RN, FINGERPRINT, OTHER -> constant;
        };
    }

    @Override
    public @Nullable Object stored(ColumnKind kind, @Nullable Object value) {
        if (value instanceof Boolean yes) {
            return yes ? 1L : 0L;
        }
        return value instanceof BigDecimal decimal ? decimal.toString() : value;
    }

    /**
     * Returns a number that SQLite knows, on the same side of every number that SQLite knows as the decimal is. It
     * compares integers and doubles exactly, so this is as good as the decimal itself.
     */
    private static Object number(BigDecimal decimal, Condition.Comparison comparison) {
        return switch (comparison) {
            case LESS, GREATER_OR_EQUAL -> Decimals.ceiling(decimal);
            case LESS_OR_EQUAL, GREATER -> Decimals.floor(decimal);
            case EQUAL, NOT_EQUAL -> {
                Object floor = Decimals.floor(decimal);
                // A text equals no number, and is not null.
                yield floor.equals(Double.NEGATIVE_INFINITY)
                                || Decimals.exact(floor).compareTo(decimal) != 0
                        ? "no such number"
                        : floor;
            }
        };
    }

    private static Operand.Json merged(Operand.Json json) {
        if (json.document() instanceof Operand.Json outer && outer.kind() == ColumnKind.JSON) {
            List<JsonPath.Step> steps = new ArrayList<>(outer.path().steps());
            steps.addAll(json.path().steps());
            return merged(new Operand.Json(outer.document(), new JsonPath(steps), json.kind()));
        }
        return json;
    }

    private void json(SqlWriter sql, Operand.Json json, TableSources sources) {
        if (json.document() instanceof Operand.Element element && json.path().isRoot()) {
            SqliteJson.scalarElement(sql, element.source(), json.kind());
            return;
        }
        boolean indexed = sources.isIndexed(json);
        Runnable path = () -> SqliteJson.path(sql, json.path(), indexed);
        SqliteJson.extract(sql, json.kind(), () -> document(sql, json.document(), sources), path);
    }

    /** Writes a text that is JSON for certain, or null. */
    private void document(SqlWriter sql, Operand document, TableSources sources) {
        if (document instanceof Operand.Element element) {
            // A text element may look like an object; its type knows better.
            sql.add("CASE WHEN ").source(element.source()).add(".type IN ('object', 'array') THEN ");
            sql.source(element.source()).add(".value END");
        } else {
            sql.add("CASE WHEN json_valid(");
            value(sql, document, sources);
            sql.add(") THEN ");
            value(sql, document, sources);
            sql.add(" END");
        }
    }

    @Override
    public void matches(SqlWriter sql, Operand operand, TextPattern pattern, TableSources sources) {
        boolean folded = pattern.sensitivity() == TextPattern.Case.INSENSITIVE;
        List<TextPattern.Part> parts = LikePattern.simplified(pattern);
        Runnable subject = () -> {
            sql.add(folded ? SqliteFunctions.FOLD + "(" : "");
            value(sql, operand, sources);
            sql.add(folded ? ")" : "");
        };
        if (parts.size() == 3
                && parts.get(0) instanceof TextPattern.AnyText
                && parts.get(1) instanceof TextPattern.Literal literal
                && parts.get(2) instanceof TextPattern.AnyText) {
            sql.add("instr(");
            subject.run();
            sql.add(", ").bind(literal.text()).add(") > 0");
        } else {
            LikePattern.match(sql, subject, parts, () -> sql.add(" GLOB ").bind(glob(parts)));
        }
    }

    private static String glob(List<TextPattern.Part> parts) {
        StringBuilder glob = new StringBuilder();
        for (TextPattern.Part part : parts) {
            if (part instanceof TextPattern.Literal literal) {
                String text = literal.text();
                for (int i = 0; i < text.length(); i++) {
                    char c = text.charAt(i);
                    if (c == '*' || c == '?' || c == '[') {
                        glob.append('[').append(c).append(']');
                    } else {
                        glob.append(c);
                    }
                }
            } else {
                glob.append(part instanceof TextPattern.AnyText ? '*' : '?');
            }
        }
        return glob.toString();
    }

    @Override
    public void elements(SqlWriter sql, Condition.AnyElement any, TableSources sources) {
        String types =
                switch (any.members()) {
                    case ENTRIES -> " = 'array'";
                    case ENTRIES_OR_VALUES -> " IN ('array', 'object')";
                };
        sql.add("json_each(CASE WHEN ");
        if (any.container() instanceof Operand.Element element) {
            sql.source(element.source()).add(".type").add(types).add(" THEN ");
            sql.source(element.source()).add(".value");
        } else {
            Operand.Json json = any.container() instanceof Operand.Json inside
                    ? merged(inside)
                    : new Operand.Json(any.container(), JsonPath.ROOT, ColumnKind.JSON);
            Runnable document = () -> document(sql, json.document(), sources);
            Runnable path = () -> SqliteJson.path(sql, json.path(), false);
            sql.add("json_type(");
            document.run();
            sql.add(", ");
            path.run();
            sql.add(")").add(types).add(" THEN ");
            SqliteJson.take(sql, document, path, true);
        }
        sql.add(" END) AS ").source(any.source());
    }

    @Override
    public void refersTo(SqlWriter sql, Operand reference, String layer, TableName target, TableSources sources) {
        String suffix = "]:" + target.namespace() + ":" + target.kind() + ":";
        Runnable rn = () -> value(sql, reference, sources);
        sql.add("substr(");
        rn.run();
        sql.add(", 1, 4) = '[rn]' AND substr(");
        rn.run();
        sql.add(", ").add(-(RN_ID + (long) suffix.length())).add(", ").add(suffix.length());
        sql.add(") = ").bind(suffix).add(" AND instr(");
        rn.run();
        sql.add(", '[depot::') = 0 AND (");
        if (layer.equals(sources.layer())) {
            sql.add("instr(");
            rn.run();
            sql.add(", '[from::') = 0 OR ");
        }
        sql.add("instr(");
        rn.run();
        sql.add(", ").bind("[from::" + layer + "]").add(") > 0)");
    }

    @Override
    public void namesOneOf(SqlWriter sql, Join join, ReferencedRows rows, TableSources sources) {
        ReferenceSpellings.namesOneOf(sql, this, join, rows, sources);
    }

    @Override
    public void referredId(SqlWriter sql, Operand reference, TableSources sources) {
        id(sql, () -> value(sql, reference, sources));
    }

    @Override
    public void oneOfMany(SqlWriter sql, List<String> texts) {
        sql.add(" IN (SELECT value FROM json_each(")
                .bind(JsonTexts.array(texts))
                .add("))");
    }

    /** Returns a limit above which a table is made of one value; below it a list is planned better. */
    @Override
    public int many() {
        return 4_096;
    }

    @Override
    public void oneOfMany(SqlWriter sql, Runnable operand, List<Object> constants) {
        String separator = "(";
        for (boolean bytes : new boolean[] {false, true}) {
            List<Object> some = constants.stream()
                    .filter(constant -> constant instanceof byte[] == bytes)
                    .toList();
            if (!some.isEmpty()) {
                sql.add(separator);
                operand.run();
                sql.add(bytes ? " IN (SELECT unhex(value) FROM json_each(" : " IN (SELECT value FROM json_each(")
                        .bind(JsonTexts.scalars(some))
                        .add("))");
                separator = " OR ";
            }
        }
        sql.add(")");
    }

    /** Writes the id; only a text is compared by the index. */
    private static void id(SqlWriter sql, Runnable rn) {
        sql.add("CAST(substr(");
        rn.run();
        sql.add(", ").add(-(long) RN_ID).add(") AS TEXT)");
    }

    @Override
    public void aggregate(SqlWriter sql, Output.Aggregate aggregate, TableSources sources) {
        Operand operand = aggregate.operand();
        boolean decimal = operand.kind() == ColumnKind.DECIMAL;
        switch (aggregate.function()) {
            case SUM -> {
                boolean real = operand.kind() == ColumnKind.REAL;
                boolean whole = operand.kind() == ColumnKind.INTEGER;
                sql.add(decimal ? SqliteFunctions.DECIMAL_SUM : whole ? wholeSum : "sum");
                sql.add(real ? "(CAST(" : "(");
                value(sql, operand, sources);
                sql.add(real ? " AS REAL))" : ")");
            }
            case AVERAGE -> {
                sql.add(decimal ? SqliteFunctions.DECIMAL_AVERAGE + "(" : "avg(");
                value(sql, operand, sources);
                sql.add(")");
            }
            case MINIMUM, MAXIMUM -> {
                sql.add(aggregate.function() == Output.Function.MINIMUM ? "min(" : "max(");
                value(sql, operand, sources);
                sql.add(collation(operand)).add(")");
            }
            case DISTINCT -> {
                sql.add("count(DISTINCT ");
                comparable(sql, operand, sources);
                sql.add(")");
            }
        }
    }

    @Override
    public void comparable(SqlWriter sql, Output.Aggregate aggregate, TableSources sources) {
        aggregate(sql, aggregate, sources);
        if (aggregate.function() != Output.Function.DISTINCT && aggregate.function() != Output.Function.AVERAGE) {
            sql.add(collation(aggregate.operand()));
        }
    }

    @Override
    public void order(SqlWriter sql, Runnable term, SortKey.Direction direction, SortKey.Nulls nulls) {
        term.run();
        // SQLite holds null for the smallest value. Saying what it does anyway would keep it from using an index.
        sql.add(
                switch (direction) {
                    case ASCENDING -> nulls == SortKey.Nulls.FIRST ? "" : " NULLS LAST";
                    case DESCENDING -> nulls == SortKey.Nulls.LAST ? " DESC" : " DESC NULLS FIRST";
                });
    }

    @Override
    public boolean readsParts() {
        return true;
    }

    @Override
    public boolean keepsNulls(SortKey.Direction direction, SortKey.Nulls nulls) {
        return (direction == SortKey.Direction.ASCENDING) == (nulls == SortKey.Nulls.FIRST);
    }

    @Override
    public boolean scansLoosely() {
        return true;
    }

    @Override
    public boolean passesNulls() {
        return true;
    }

    /** SQLite has no parentheses around a part; a subquery may have an order and a limit. */
    @Override
    public void part(SqlWriter sql, int place, Runnable selected) {
        sql.add("SELECT * FROM (");
        selected.run();
        sql.add(")");
    }

    @Override
    public void orderWithoutNulls(SqlWriter sql, Runnable term, SortKey.Direction direction, SortKey.Nulls nulls) {
        term.run();
        sql.add(direction == SortKey.Direction.ASCENDING ? "" : " DESC");
    }

    @Override
    public void indexed(SqlWriter sql, Operand part) {
        if (part instanceof Operand.Column column) {
            sql.name(column.name());
            return;
        }
        if (!(part instanceof Operand.Json json)
                || !(json.document() instanceof Operand.Column column)
                || column.source() != 0) {
            throw new RenderException("An index holds columns, and values inside JSON columns");
        }
        Runnable document = () -> sql.add("CASE WHEN json_valid(")
                .name(column.name())
                .add(") THEN ")
                .name(column.name())
                .add(" END");
        SqliteJson.extract(
                sql, IndexParts.indexKind(json.kind()), document, () -> SqliteJson.path(sql, json.path(), true));
    }

    /** Indexes the ids in a column of references, so that joins can begin at the row referred to. */
    void indexedId(SqlWriter sql, Operand reference) {
        id(sql, () -> indexed(sql, reference));
    }

    /** Returns the clock of this machine, which all programs share that use the file. */
    @Override
    public String time() {
        return "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)";
    }

    @Override
    public Violation violation(SQLException error) {
        int code = SqliteErrors.code(error);
        return code == SqliteErrors.PRIMARY_KEY || code == SqliteErrors.UNIQUE || code == SqliteErrors.ROW_ID
                ? Violation.KEY_OR_UNIQUE
                : Violation.NONE;
    }

    @Override
    public boolean mayBeMissing(SQLException error) {
        return SqliteErrors.code(error) == SqliteErrors.ERROR;
    }

    @Override
    public boolean isOfAnotherKind(SQLException error) {
        return false;
    }
}
