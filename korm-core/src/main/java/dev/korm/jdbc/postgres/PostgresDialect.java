package dev.korm.jdbc.postgres;

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
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.query.TextPattern;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's SQL. Nothing of it needs more than what the server brings.
 *
 * <p>JSON is {@code jsonb}, so each value has its kind, and a number is exactly what was written. Paths stand in the statement
 * as literals, not as parameters: what is grouped by has to be the same expression in every place.
 */
final class PostgresDialect implements Dialect {
    /** Values are counted by 16 bits on the way to the server. */
    private static final StatementLimits LIMITS = new StatementLimits("PostgreSQL", 65_535, 100_000_000);

    private static final int RN_ID = 36;

    /** Texts compare by code point. */
    static final String C = " COLLATE \"C\"";

    private static final Set<String> VIOLATIONS = Set.of("23505", "23P01");
    private static final Set<String> MISSING = Set.of("42P01", "42703", "3F000");

    /** Datatype mismatch, no such operator, collation of no text, and a plan that no longer answers the same columns. */
    private static final Set<String> ANOTHER_KIND = Set.of("42804", "42883", "42846", "0A000", "42725");

    private static final String CHECK = "23514";

    private final PostgresNames names;

    PostgresDialect(PostgresNames names) {
        this.names = names;
    }

    @Override
    public SqlWriter writer() {
        return new SqlWriter('"', LIMITS);
    }

    @Override
    public void table(SqlWriter sql, TableName table) {
        sql.add(names.schema()).add(".").name(PostgresNames.table(table));
    }

    @Override
    public String truth(boolean value) {
        return value ? "TRUE" : "FALSE";
    }

    @Override
    public void value(SqlWriter sql, Operand operand, TableSources sources) {
        if (operand instanceof Operand.Column column) {
            if (sources.lacksRevision(column)) {
                sql.add("CAST(0 AS bigint)");
            } else {
                sql.column(column.source(), column.name());
            }
        } else if (operand instanceof Operand.Json json) {
            PostgresJson.extract(sql, json.kind(), () -> document(sql, json));
        } else if (operand instanceof Operand.Element element) {
            sql.add("NULLIF(").source(element.source()).add(".value, CAST('null' AS jsonb))");
        } else if (operand instanceof Operand.Coalesce first) {
            firstOf(sql, first, part -> value(sql, part, sources));
        } else if (operand instanceof Operand.Constant constant) {
            Constants.write(sql, constant, witness -> value(sql, witness, sources), () -> sql.add("CAST(")
                    .bind(constant.value())
                    .add(" AS ")
                    .add(type(constant.kind()))
                    .add(")"));
        } else {
            sql.add("CAST(NULL AS ").add(type(operand.kind())).add(")");
        }
    }

    /** A writer of the first of several parts. */
    private interface Part {
        void write(Operand part);
    }

    private static void firstOf(SqlWriter sql, Operand.Coalesce first, Part part) {
        boolean mixed = first.kind() == ColumnKind.REAL && ColumnReader.isJson(first);
        for (int i = 0; i < first.operands().size(); i++) {
            sql.add(i == 0 ? "coalesce(" : ", ");
            boolean column = mixed && !ColumnReader.isJson(first.operands().get(i));
            if (column) {
                // A number of JSON beside it may have more digits than a double, and coalesce makes all of one type.
                Operand operand = first.operands().get(i);
                PostgresJson.shortest(sql, () -> part.write(operand));
            } else {
                part.write(first.operands().get(i));
            }
        }
        sql.add(")");
    }

    private static String type(ColumnKind kind) {
        return switch (kind) {
            case ID, TEXT, RN, FINGERPRINT -> "text";
            case INTEGER -> "bigint";
            case REAL -> "double precision";
            case BOOLEAN -> "boolean";
            case DECIMAL -> "numeric";
            case BYTES -> "bytea";
            case JSON, ENCRYPTED, OTHER -> "jsonb";
        };
    }

    @Override
    public void grouped(SqlWriter sql, Operand operand, TableSources sources) {
        // The server takes one constant for another wherever it stands, and so an expression with one is not the key's.
        boolean answersItself = operand.kind() != ColumnKind.OTHER && !operand.holdsConstant();
        sql.add(answersItself ? "" : "(array_agg(");
        if (answersItself) {
            comparable(sql, operand, sources);
        } else {
            value(sql, operand, sources);
        }
        sql.add(answersItself ? "" : "))[1]");
    }

    @Override
    public void comparable(SqlWriter sql, Operand operand, TableSources sources) {
        switch (operand.kind()) {
            case ID, FINGERPRINT, TEXT, RN -> {
                value(sql, operand, sources);
                sql.add(C);
            }
            case INTEGER, REAL -> number(sql, operand, sources);
            case OTHER -> {
                if (ColumnReader.isScalar(operand)) {
                    PostgresJson.scalar(sql, () -> value(sql, operand, sources));
                } else {
                    value(sql, operand, sources);
                }
            }
            case JSON, ENCRYPTED, BOOLEAN, DECIMAL, BYTES -> value(sql, operand, sources);
        }
    }

    @Override
    public void equatable(SqlWriter sql, Operand operand, TableSources sources) {
        // Equality is the same under every collation, and an index of keys that another program made has its own.
        if (operand instanceof Operand.Column
                && (operand.kind() == ColumnKind.ID || operand.kind() == ColumnKind.FINGERPRINT)) {
            value(sql, operand, sources);
        } else {
            comparable(sql, operand, sources);
        }
    }

    private void number(SqlWriter sql, Operand operand, TableSources sources) {
        if (operand instanceof Operand.Json json) {
            PostgresJson.number(sql, () -> document(sql, json));
        } else if (operand instanceof Operand.Coalesce first) {
            firstOf(sql, first, part -> number(sql, part, sources));
        } else {
            value(sql, operand, sources);
        }
    }

    @Override
    public Object constant(Operand operand, Condition.Comparison comparison, Object constant) {
        return PostgresConstants.beside(operand, comparison, constant);
    }

    @Override
    public @Nullable Object stored(ColumnKind kind, @Nullable Object value) {
        boolean json = kind == ColumnKind.JSON || kind == ColumnKind.ENCRYPTED;
        if (!(value instanceof String text)) {
            return value;
        }
        // The server reads a text of no type as one of the column's.
        return json ? PostgresConstants.jsonb(text) : kind == ColumnKind.OTHER ? PostgresConstants.untyped(text) : text;
    }

    /** Writes the value at the position, JSON's null included; null where there is no such position. */
    private void document(SqlWriter sql, Operand.Json json) {
        List<JsonPath.Step> steps = new ArrayList<>(json.path().steps());
        Operand document = json.document();
        while (document instanceof Operand.Json outer && outer.kind() == ColumnKind.JSON) {
            steps.addAll(0, outer.path().steps());
            document = outer.document();
        }
        Operand root = document;
        PostgresJson.at(sql, () -> root(sql, root), steps);
    }

    private void root(SqlWriter sql, Operand document) {
        if (document instanceof Operand.Element element) {
            sql.source(element.source()).add(".value");
        } else if (document instanceof Operand.Json json) {
            PostgresJson.extract(sql, json.kind(), () -> document(sql, json));
        } else if (document instanceof Operand.Coalesce first) {
            firstOf(sql, first, part -> {
                if (part instanceof Operand.Json json) {
                    PostgresJson.extract(sql, json.kind(), () -> document(sql, json));
                } else if (part instanceof Operand.Element element) {
                    sql.add("NULLIF(").source(element.source()).add(".value, CAST('null' AS jsonb))");
                } else {
                    root(sql, part);
                }
            });
        } else if (document instanceof Operand.Column column) {
            sql.add("CAST(").column(column.source(), column.name()).add(" AS jsonb)");
        } else {
            sql.add("CAST(NULL AS jsonb)");
        }
    }

    /** Returns a text within a statement, however the server is set up to read backslashes. */
    static String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new RenderException("A member's key holds no NUL");
        }
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    @Override
    public void matches(SqlWriter sql, Operand operand, TextPattern pattern, TableSources sources) {
        List<TextPattern.Part> parts = LikePattern.simplified(pattern);
        Runnable text = () -> {
            value(sql, operand, sources);
            sql.add(C);
        };
        Runnable subject =
                pattern.sensitivity() == TextPattern.Case.INSENSITIVE ? () -> PostgresFolding.fold(sql, text) : text;
        LikePattern.match(sql, subject, parts, () -> sql.add(" LIKE ")
                .bind(LikePattern.like(parts))
                .add(" ESCAPE '#'"));
    }

    @Override
    public void elements(SqlWriter sql, Condition.AnyElement any, TableSources sources) {
        Runnable container = () -> {
            if (any.container() instanceof Operand.Json json) {
                document(sql, json);
            } else {
                root(sql, any.container());
            }
        };
        if (any.members() == Condition.Members.ENTRIES) {
            entries(sql, container);
        } else {
            sql.add("(SELECT entry.value FROM ");
            entries(sql, container);
            sql.add(" AS entry(value) UNION ALL SELECT member.value FROM jsonb_each(CASE WHEN jsonb_typeof(");
            container.run();
            sql.add(") = 'object' THEN ");
            container.run();
            sql.add(" END) AS member(key, value))");
        }
        sql.add(" AS ").source(any.source()).add("(value)");
    }

    private static void entries(SqlWriter sql, Runnable container) {
        sql.add("jsonb_array_elements(CASE WHEN jsonb_typeof(");
        container.run();
        sql.add(") = 'array' THEN ");
        container.run();
        sql.add(" END)");
    }

    @Override
    public void numberBehind(SqlWriter sql, Runnable text, String piece) {
        // Whatever else stands there has no number, and must not be cast.
        sql.add("CAST(substring(split_part(");
        text.run();
        sql.add(", ").bind(piece).add(", 2) from '^-?[0-9]{1,18}$') AS bigint)");
    }

    @Override
    public void refersTo(SqlWriter sql, Operand reference, String layer, TableName target, TableSources sources) {
        String suffix = "]:" + target.namespace() + ":" + target.kind() + ":";
        Runnable rn = () -> value(sql, reference, sources);
        // Of comparisons of pieces the planner believes that they find one row in millions, and joins by loops. Of a
        // CASE it believes nothing.
        sql.add("CASE WHEN ");
        rn.run();
        sql.add(" IS NOT NULL THEN left(");
        rn.run();
        sql.add(", 4) = '[rn]' AND left(right(");
        rn.run();
        sql.add(", ").add(RN_ID + (long) suffix.length()).add("), ").add(suffix.length());
        sql.add(") = ").bind(suffix).add(" AND strpos(");
        rn.run();
        sql.add(", '[depot::') = 0 AND (");
        if (layer.equals(sources.layer())) {
            sql.add("strpos(");
            rn.run();
            sql.add(", '[from::') = 0 OR ");
        }
        sql.add("strpos(");
        rn.run();
        sql.add(", ").bind("[from::" + layer + "]").add(") > 0) END");
    }

    @Override
    public void namesOneOf(SqlWriter sql, Join join, ReferencedRows rows, TableSources sources) {
        Optional<TableName> holder = join.reference() instanceof Operand.Column column
                        && sources.referenceIndex(column).isPresent()
                ? sources.known(column.source())
                : Optional.empty();
        if (holder.isPresent()) {
            // The planner uses no index for a subquery beside an OR.
            ReferenceSpellings.namesOneOfIndexed(sql, this, join, holder.get(), rows, sources);
        } else {
            ReferenceSpellings.namesOneOf(sql, this, join, rows, sources);
        }
    }

    @Override
    public void referredId(SqlWriter sql, Operand reference, TableSources sources) {
        id(sql, () -> value(sql, reference, sources));
    }

    /**
     * Writes the condition as a subquery: the planner compares each condition with each of the others, but not those of
     * a subquery.
     */
    @Override
    public boolean opaque(SqlWriter sql, Runnable condition) {
        sql.add("(SELECT ");
        condition.run();
        sql.add(")");
        return true;
    }

    @Override
    public int many() {
        return 256;
    }

    @Override
    public void oneOfMany(SqlWriter sql, Runnable operand, List<Object> constants) {
        String separator = "(";
        for (Map.Entry<String, List<String>> array :
                PostgresConstants.arrays(constants).entrySet()) {
            sql.add(separator);
            operand.run();
            sql.add(" = ANY (CAST(").bind(array.getValue().toArray(new String[0]));
            sql.add(" AS ").add(array.getKey()).add("[]))");
            separator = " OR ";
        }
        sql.add(")");
    }

    @Override
    public void oneOfMany(SqlWriter sql, List<String> texts) {
        sql.add(" = ANY (").bind(texts.toArray(new String[0])).add(")");
    }

    private static void id(SqlWriter sql, Runnable rn) {
        sql.add("right(");
        rn.run();
        sql.add(", ").add(RN_ID).add(")");
    }

    @Override
    public void aggregate(SqlWriter sql, Output.Aggregate aggregate, TableSources sources) {
        Operand operand = aggregate.operand();
        switch (aggregate.function()) {
            case SUM -> sum(sql, operand, sources);
            case AVERAGE -> {
                sql.add("avg(");
                summand(sql, operand, sources);
                sql.add(")");
            }
            case MINIMUM, MAXIMUM -> extreme(sql, operand, sources, aggregate.function() == Output.Function.MINIMUM);
            case DISTINCT -> {
                sql.add("count(DISTINCT ");
                comparable(sql, operand, sources);
                sql.add(")");
            }
        }
    }

    /** Doubles are added up as decimals, or what cancels out would take small summands with it. */
    private void summand(SqlWriter sql, Operand operand, TableSources sources) {
        if (operand.kind() == ColumnKind.REAL && !ColumnReader.isJson(operand)) {
            PostgresJson.shortest(sql, () -> comparable(sql, operand, sources));
        } else {
            comparable(sql, operand, sources);
        }
    }

    private void sum(SqlWriter sql, Operand operand, TableSources sources) {
        Runnable number = () -> summand(sql, operand, sources);
        boolean whole = operand.kind() == ColumnKind.INTEGER;
        boolean json = ColumnReader.isJson(operand);
        if (whole && json) {
            // Only a sum of nothing but whole numbers is one.
            sql.add("CASE WHEN bool_and(scale(");
            number.run();
            sql.add(") = 0 AND ");
            number.run();
            sql.add(" BETWEEN -9223372036854775808 AND 9223372036854775807) THEN CAST(CAST(sum(");
            number.run();
            sql.add(") AS bigint) AS numeric) ELSE sum(");
            number.run();
            sql.add(") END");
        } else {
            sql.add(whole ? "CAST(sum(" : "sum(");
            number.run();
            sql.add(whole ? ") AS bigint)" : ")");
        }
    }

    private void extreme(SqlWriter sql, Operand operand, TableSources sources, boolean least) {
        switch (operand.kind()) {
            case BOOLEAN -> {
                sql.add(least ? "bool_and(" : "bool_or(");
                value(sql, operand, sources);
                sql.add(")");
            }
            case OTHER, BYTES -> {
                sql.add("(array_agg(");
                value(sql, operand, sources);
                sql.add(" ORDER BY ");
                comparable(sql, operand, sources);
                sql.add(least ? "" : " DESC").add(") FILTER (WHERE ");
                value(sql, operand, sources);
                sql.add(" IS NOT NULL))[1]");
            }
            default -> {
                sql.add(least ? "min(" : "max(");
                comparable(sql, operand, sources);
                sql.add(")");
            }
        }
    }

    @Override
    public void comparable(SqlWriter sql, Output.Aggregate aggregate, TableSources sources) {
        boolean extreme =
                aggregate.function() == Output.Function.MINIMUM || aggregate.function() == Output.Function.MAXIMUM;
        if (extreme && aggregate.operand().kind() == ColumnKind.OTHER && ColumnReader.isScalar(aggregate.operand())) {
            PostgresJson.scalar(sql, () -> aggregate(sql, aggregate, sources));
        } else {
            aggregate(sql, aggregate, sources);
        }
    }

    @Override
    public void order(SqlWriter sql, Runnable term, SortKey.Direction direction, SortKey.Nulls nulls) {
        term.run();
        // PostgreSQL holds null for the largest value. An index is used only for an order that it has.
        sql.add(
                switch (direction) {
                    case ASCENDING -> nulls == SortKey.Nulls.LAST ? "" : " NULLS FIRST";
                    case DESCENDING -> nulls == SortKey.Nulls.FIRST ? " DESC" : " DESC NULLS LAST";
                });
    }

    @Override
    public boolean readsParts() {
        return true;
    }

    @Override
    public boolean keepsNulls(SortKey.Direction direction, SortKey.Nulls nulls) {
        return (direction == SortKey.Direction.ASCENDING) == (nulls == SortKey.Nulls.LAST);
    }

    @Override
    public void orderWithoutNulls(SqlWriter sql, Runnable term, SortKey.Direction direction, SortKey.Nulls nulls) {
        term.run();
        sql.add(direction == SortKey.Direction.ASCENDING ? "" : " DESC");
    }

    @Override
    public void indexed(SqlWriter sql, Operand part) {
        if (part instanceof Operand.Column column) {
            sql.name(column.name()).add(isText(column.kind()) ? C : "");
            return;
        }
        if (!(part instanceof Operand.Json json)
                || !(json.document() instanceof Operand.Column column)
                || column.source() != 0) {
            throw new RenderException("An index holds columns, and values inside JSON columns");
        }
        Runnable place = () -> PostgresJson.at(
                sql,
                () -> sql.add("CAST(").name(column.name()).add(" AS jsonb)"),
                json.path().steps());
        sql.add("(");
        ColumnKind kind = IndexParts.indexKind(json.kind());
        if (kind == ColumnKind.INTEGER) {
            PostgresJson.number(sql, place);
        } else {
            PostgresJson.extract(sql, kind, place);
        }
        sql.add(")").add(kind == ColumnKind.TEXT ? C : "");
    }

    private static boolean isText(ColumnKind kind) {
        return kind == ColumnKind.TEXT || kind == ColumnKind.RN;
    }

    /** Indexes the ids in a column of references, so that joins can begin at the row referred to. */
    void indexedId(SqlWriter sql, Operand.Column reference) {
        sql.add("(");
        id(sql, () -> sql.name(reference.name()));
        sql.add(")");
    }

    @Override
    public Violation violation(SQLException error) {
        return VIOLATIONS.contains(PostgresErrors.state(error)) ? Violation.KEY_OR_UNIQUE : Violation.NONE;
    }

    @Override
    public String time() {
        return "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)";
    }

    @Override
    public void chosen(SqlWriter sql, Selection selection, Runnable keys) {
        keys.run();
        sql.add(" FOR UPDATE OF ").source(0);
    }

    @Override
    public String sharedLock() {
        return " FOR SHARE";
    }

    @Override
    public boolean mayBeMissing(SQLException error) {
        return MISSING.contains(PostgresErrors.state(error)) || isOfAnotherKind(error);
    }

    @Override
    public boolean isOfAnotherKind(SQLException error) {
        String state = PostgresErrors.state(error);
        return ANOTHER_KIND.contains(state)
                || (state.equals(CHECK)
                        && PostgresErrors.constraint(error)
                                .filter(PostgresNames::isFingerprintCheck)
                                .isPresent());
    }
}
