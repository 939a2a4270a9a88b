package dev.korm.jdbc.mysql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.jdbc.number.Decimals;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.OrderKey;
import dev.korm.jdbc.sql.SelectionSql;
import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.sql.text.Constants;
import dev.korm.jdbc.sql.text.JsonPathText;
import dev.korm.jdbc.sql.text.LikePattern;
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
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * SQL for MySQL and MariaDB alike. It writes what {@link MySqlExactness} holds to be exact, and nothing else is asked of it.
 *
 * <p>No text stands in a statement with a backslash, since it depends on the server how those are read.
 */
class MySqlDialect implements Dialect {
    private static final int RN_ID = 36;

    private final MySqlNames names;
    private final MySqlServer server;
    private final Function<TableName, Map<String, String>> foreign;
    private final Function<TableName, Map<String, List<KeyPart>>> orderKeys;
    private final String collate;
    /** What a packet holds beside a large value. */
    private static final int PACKET_OVERHEAD = 4096;

    private final StatementLimits limits;

    /**
     * @param foreign the collations of a table's text columns, of those that are not korm's
     * @param orderKeys the parts of a table's indexes that have order keys, by their names
     */
    MySqlDialect(
            MySqlNames names,
            MySqlServer server,
            Function<TableName, Map<String, String>> foreign,
            Function<TableName, Map<String, List<KeyPart>>> orderKeys) {
        this.orderKeys = orderKeys;
        this.names = names;
        this.server = server;
        this.foreign = foreign;
        this.collate = " COLLATE " + server.collation();
        // A statement with more values than the server prepares is sent as text by the drivers.
        this.limits = new StatementLimits("MySQL", Integer.MAX_VALUE, Integer.MAX_VALUE, server.packet());
    }

    /** Creates a copy, for a dialect that differs from it. */
    MySqlDialect(MySqlDialect other) {
        this(other.names, other.server, other.foreign, other.orderKeys);
    }

    @Override
    public SqlWriter writer() {
        return new SqlWriter('`', limits);
    }

    @Override
    public void table(SqlWriter sql, TableName table) {
        sql.add(names.database()).add(".").name(MySqlNames.table(table));
    }

    @Override
    public String truth(boolean value) {
        return value ? "1" : "0";
    }

    @Override
    public void value(SqlWriter sql, Operand operand, TableSources sources) {
        if (operand instanceof Operand.Column column) {
            if (sources.lacksRevision(column)) {
                sql.add("0");
            } else {
                sql.column(column.source(), column.name());
            }
        } else if (operand instanceof Operand.Coalesce first) {
            firstOf(sql, first, part -> value(sql, part, sources));
        } else if (operand instanceof Operand.Constant constant) {
            Object bound = stored(constant.kind(), constant.value());
            Constants.write(
                    sql,
                    constant,
                    witness -> value(sql, witness, sources),
                    () -> sql.bind(Objects.requireNonNull(bound)));
        } else if (operand instanceof Operand.Absent) {
            sql.add("NULL");
        } else {
            throw new IllegalStateException("Values inside JSON are evaluated in memory");
        }
    }

    /** A writer of the first of several parts. */
    private interface Part {
        void write(Operand part);
    }

    private static void firstOf(SqlWriter sql, Operand.Coalesce first, Part part) {
        for (int i = 0; i < first.operands().size(); i++) {
            sql.add(i == 0 ? "COALESCE(" : ", ");
            part.write(first.operands().get(i));
        }
        sql.add(")");
    }

    @Override
    public void grouped(SqlWriter sql, Operand operand, TableSources sources) {
        if (operand.kind() == ColumnKind.DECIMAL || operand.holdsConstant()) {
            // Equal numbers may be written differently; one of them is as good as another. A constant is not known to
            // be the key's.
            sql.add("MIN(");
            value(sql, operand, sources);
            sql.add(")");
        } else {
            comparable(sql, operand, sources);
        }
    }

    @Override
    public void comparable(SqlWriter sql, Operand operand, TableSources sources) {
        switch (operand.kind()) {
            case ID, TEXT, RN, FINGERPRINT -> text(sql, operand, sources);
            case DECIMAL -> {
                DecimalKeys.write(sql, () -> decimalText(sql, operand, sources));
                sql.add(collate);
            }
            case INTEGER, REAL, BOOLEAN, BYTES, JSON, ENCRYPTED, OTHER -> value(sql, operand, sources);
        }
    }

    private void decimalText(SqlWriter sql, Operand operand, TableSources sources) {
        sql.add("CONVERT(");
        value(sql, operand, sources);
        sql.add(" USING utf8mb4)");
    }

    @Override
    public void equatable(SqlWriter sql, Operand operand, TableSources sources) {
        // Ids and fingerprints are of small letters and digits, alike under every collation, and have an index of their
        // own.
        if (operand instanceof Operand.Column
                && (operand.kind() == ColumnKind.ID || operand.kind() == ColumnKind.FINGERPRINT)) {
            value(sql, operand, sources);
        } else {
            comparable(sql, operand, sources);
        }
    }

    /** Writes a text that compares by code point, whatever the collation of its column. */
    private void text(SqlWriter sql, Operand operand, TableSources sources) {
        if (operand instanceof Operand.Coalesce first) {
            firstOf(sql, first, part -> text(sql, part, sources));
            sql.add(collate);
            return;
        }
        if (operand instanceof Operand.Absent) {
            // To MySQL a bare NULL is binary, and of no collation.
            sql.add("CONVERT(NULL USING utf8mb4)");
            return;
        }
        Optional<String> collation =
                operand instanceof Operand.Column column ? foreign(column, sources) : Optional.empty();
        if (collation.isEmpty()) {
            value(sql, operand, sources);
        } else {
            sql.add("CONVERT(");
            value(sql, operand, sources);
            sql.add(" USING utf8mb4)").add(collate);
        }
    }

    /** Returns the column's collation when it is not korm's. */
    private Optional<String> foreign(Operand.Column column, TableSources sources) {
        Optional<TableName> table = sources.known(column.source());
        return table.map(name -> foreign.apply(name).get(column.name()));
    }

    @Override
    public boolean condition(SqlWriter sql, Condition condition, TableSources sources) {
        if (condition instanceof Condition.Compare compare && isNumber(compare.operand())) {
            Operand number = compare.operand();
            MySqlNumbers.between(sql, () -> value(sql, number, sources), number, compare.comparison(), compare.value());
            return true;
        }
        if (condition instanceof Condition.OneOf oneOf
                && isNumber(oneOf.operand())
                && !oneOf.values().isEmpty()) {
            MySqlNumbers.oneOf(sql, () -> value(sql, oneOf.operand(), sources), oneOf);
            return true;
        }
        return false;
    }

    private static boolean isNumber(Operand operand) {
        return operand.kind() == ColumnKind.REAL || operand.kind() == ColumnKind.INTEGER;
    }

    @Override
    public Object constant(Operand operand, Condition.Comparison comparison, Object constant) {
        return switch (operand.kind()) {
            // Beside what is always null; other numbers lie between two.
            case INTEGER, REAL -> constant instanceof BigDecimal decimal ? (Object) decimal.doubleValue() : constant;
            case DECIMAL -> DecimalKeys.key(Decimals.exact(constant));
            case BOOLEAN -> constant instanceof Boolean yes ? (Object) (yes ? 1L : 0L) : constant;
            case ID, TEXT, RN, FINGERPRINT, BYTES, JSON, ENCRYPTED, OTHER -> constant;
        };
    }

    @Override
    public long largestText() {
        return limits.bytes() - PACKET_OVERHEAD;
    }

    @Override
    public @Nullable Object stored(ColumnKind kind, @Nullable Object value) {
        if (value instanceof Boolean yes) {
            return yes ? 1L : 0L;
        }
        return value instanceof BigDecimal decimal ? decimal.toString() : value;
    }

    @Override
    public void matches(SqlWriter sql, Operand operand, TextPattern pattern, TableSources sources) {
        LikePattern.match(
                sql, () -> text(sql, operand, sources), LikePattern.simplified(pattern), () -> sql.add(" LIKE ")
                        .bind(LikePattern.like(LikePattern.simplified(pattern)))
                        .add(" ESCAPE '#'"));
    }

    /**
     * Writes a condition that a text may match without regard to case: ASCII texts, recognised by their length in
     * bytes, are folded by the server; all others are candidates.
     */
    final void mayMatch(SqlWriter sql, Operand operand, TextPattern pattern, TableSources sources) {
        Runnable text = () -> {
            sql.add("CONVERT(");
            value(sql, operand, sources);
            sql.add(" USING utf8mb4)");
        };
        sql.add("(LENGTH(");
        text.run();
        sql.add(") <> CHAR_LENGTH(");
        text.run();
        sql.add(") OR LOWER(");
        text.run();
        sql.add(")").add(collate).add(" LIKE ").bind(LikePattern.like(LikePattern.simplified(pattern)));
        sql.add(" ESCAPE '#')");
    }

    @Override
    public void elements(SqlWriter sql, Condition.AnyElement any, TableSources sources) {
        throw new IllegalStateException("Values inside JSON are evaluated in memory");
    }

    @Override
    public void joined(SqlWriter sql, Join join, TableSources sources) {
        Operand.Column key = new Operand.Column(join.source(), join.target().key(), ColumnKind.ID);
        Optional<String> collation = foreign(key, sources);
        sql.column(join.source(), join.target().key()).add(" = ");
        if (collation.isPresent()) {
            // Its index serves only its own collation, and what is alike there need not be the same.
            String theirs = collation.get();
            sql.add("CONVERT(");
            referredId(sql, join.reference(), sources);
            sql.add(" USING ")
                    .add(charset(theirs))
                    .add(") COLLATE ")
                    .add(theirs)
                    .add(" AND ");
            text(sql, key, sources);
            sql.add(" = ");
        }
        referredId(sql, join.reference(), sources);
    }

    @Override
    public void concatenated(SqlWriter sql, String beginning, Runnable behind) {
        sql.add("CONVERT(CONCAT(").bind(beginning).add(", ");
        behind.run();
        sql.add(") USING utf8mb4)").add(collate);
    }

    @Override
    public void numberBehind(SqlWriter sql, Runnable text, String piece) {
        sql.add("CAST(SUBSTRING_INDEX(");
        text.run();
        sql.add(", ").bind(piece).add(", -1) AS SIGNED)");
    }

    @Override
    public void referredId(SqlWriter sql, Operand reference, TableSources sources) {
        Optional<IndexSchema> index =
                reference instanceof Operand.Column column ? sources.referenceIndex(column) : Optional.empty();
        if (index.isPresent() && reference instanceof Operand.Column column) {
            sql.column(
                    column.source(),
                    MySqlNames.generatedColumn(
                            index.get().name(), index.get().parts().size()));
        } else {
            sql.add("RIGHT(");
            text(sql, reference, sources);
            sql.add(", ").add(RN_ID).add(")");
        }
    }

    @Override
    public void refersTo(SqlWriter sql, Operand reference, String layer, TableName target, TableSources sources) {
        String suffix = "]:" + target.namespace() + ":" + target.kind() + ":";
        Runnable rn = () -> text(sql, reference, sources);
        sql.add("LEFT(");
        rn.run();
        sql.add(", 4) = '[rn]' AND LEFT(RIGHT(");
        rn.run();
        sql.add(", ").add(RN_ID + (long) suffix.length()).add("), ").add(suffix.length());
        sql.add(") = ").bind(suffix).add(" AND LOCATE('[depot::', ");
        rn.run();
        sql.add(") = 0 AND (");
        if (layer.equals(sources.layer())) {
            sql.add("LOCATE('[from::', ");
            rn.run();
            sql.add(") = 0 OR ");
        }
        sql.add("LOCATE(").bind("[from::" + layer + "]").add(", ");
        rn.run();
        sql.add(") > 0)");
    }

    @Override
    public void oneOfMany(SqlWriter sql, List<String> texts) {
        // The server plans a long list as quickly as a table that it would have to make of one value.
        int padded = SelectionSql.padded(texts.size());
        for (int i = 0; i < padded; i++) {
            sql.add(i == 0 ? " IN (" : ", ").bind(texts.get(Math.min(i, texts.size() - 1)));
        }
        sql.add(")");
    }

    /** Returns the character set that a collation's name begins with; the names come from the server. */
    private static String charset(String collation) {
        int end = collation.indexOf('_');
        return end < 0 ? collation : collation.substring(0, end);
    }

    /** Has the text that was just written compare by code point. */
    final void byCodePoint(SqlWriter sql) {
        sql.add(collate);
    }

    /** Writes a hidden column with the id at the end of a reference, within CREATE TABLE or ALTER TABLE. */
    void referenceId(SqlWriter sql, String reference) {
        sql.add("VARCHAR(36) CHARACTER SET utf8mb4").add(collate).add(" GENERATED ALWAYS AS (RIGHT(");
        sql.name(reference).add(", ").add(RN_ID).add(")) VIRTUAL");
    }

    @Override
    public void chosen(SqlWriter sql, Selection selection, Runnable keys) {
        // A table cannot be read in the statement that changes it, except as rows that were set aside before.
        sql.add("SELECT * FROM (");
        keys.run();
        sql.add(selection.limit().isPresent() ? "" : " LIMIT 9223372036854775807")
                .add(" FOR UPDATE) AS chosen");
    }

    @Override
    public void aggregate(SqlWriter sql, Output.Aggregate aggregate, TableSources sources) {
        Operand operand = aggregate.operand();
        switch (aggregate.function()) {
            case SUM -> {
                sql.add("SUM(");
                value(sql, operand, sources);
                sql.add(")");
            }
            case AVERAGE -> {
                // With as many digits behind the point as the server counts with.
                sql.add("AVG(CAST(");
                value(sql, operand, sources);
                sql.add(" AS DECIMAL(65, 30)))");
            }
            case MINIMUM, MAXIMUM -> extreme(sql, operand, sources, aggregate.function() == Output.Function.MINIMUM);
            case DISTINCT -> {
                sql.add("COUNT(DISTINCT ");
                comparable(sql, operand, sources);
                sql.add(")");
            }
        }
    }

    private void extreme(SqlWriter sql, Operand operand, TableSources sources, boolean least) {
        String function = least ? "MIN(" : "MAX(";
        if (operand.kind() == ColumnKind.DECIMAL) {
            // A blank comes before every digit, so what follows it decides nothing but between equal numbers.
            sql.add("SUBSTRING_INDEX(").add(function).add("CONCAT(");
            comparable(sql, operand, sources);
            sql.add(", ' ', ");
            decimalText(sql, operand, sources);
            sql.add(")), ' ', -1)");
        } else {
            sql.add(function);
            comparable(sql, operand, sources);
            sql.add(")");
        }
    }

    @Override
    public void comparable(SqlWriter sql, Output.Aggregate aggregate, TableSources sources) {
        boolean extreme =
                aggregate.function() == Output.Function.MINIMUM || aggregate.function() == Output.Function.MAXIMUM;
        if (extreme && aggregate.operand().kind() == ColumnKind.DECIMAL) {
            sql.add(aggregate.function() == Output.Function.MINIMUM ? "MIN(" : "MAX(");
            comparable(sql, aggregate.operand(), sources);
            sql.add(")");
        } else {
            aggregate(sql, aggregate, sources);
        }
    }

    @Override
    public void order(SqlWriter sql, Runnable term, SortKey.Direction direction, SortKey.Nulls nulls) {
        if (!keepsNulls(direction, nulls)) {
            // There is no word for another place.
            term.run();
            sql.add(nulls == SortKey.Nulls.LAST ? " IS NULL, " : " IS NOT NULL, ");
        }
        term.run();
        sql.add(direction == SortKey.Direction.ASCENDING ? "" : " DESC");
    }

    /** Null is held for the smallest value. */
    @Override
    public boolean keepsNulls(SortKey.Direction direction, SortKey.Nulls nulls) {
        return (direction == SortKey.Direction.ASCENDING) == (nulls == SortKey.Nulls.FIRST);
    }

    /** Omits the test for null, which, as it stands in the order elsewhere, would have the server sort the whole table. */
    @Override
    public void orderWithoutNulls(SqlWriter sql, Runnable term, SortKey.Direction direction, SortKey.Nulls nulls) {
        term.run();
        sql.add(direction == SortKey.Direction.ASCENDING ? "" : " DESC");
    }

    @Override
    public Optional<OrderKey> orderKey(TableSchema table, IndexSchema index) {
        return Optional.ofNullable(orderKeys.apply(table.table()).get(index.name()))
                .map(OrderKeys::of);
    }

    @Override
    public Optional<Runnable> ofHiddenColumns(
            SqlWriter sql, Condition condition, TableSources sources, List<String> preferred) {
        Optional<Operand.Column> column = KeyConditions.column(condition);
        Optional<TableName> table = column.flatMap(each -> sources.known(each.source()));
        return table.isEmpty()
                ? Optional.empty()
                : KeyConditions.of(
                        sql,
                        condition,
                        column.get(),
                        orderKeys.apply(table.get()).values(),
                        preferred);
    }

    /** Returns whether an index has the order of long texts by hidden columns. */
    boolean ordersByHiddenColumns() {
        return server.isMariaDb();
    }

    String collation() {
        return server.collation();
    }

    /** Returns whether a column of texts has another collation than korm's. */
    boolean isForeign(TableName table, String column) {
        return foreign.apply(table).containsKey(column);
    }

    @Override
    public void indexed(SqlWriter sql, Operand part) {
        sql.name(TableSchemas.column(part));
    }

    /**
     * Writes a hidden column with the value at a position in JSON, for an index, within CREATE TABLE or ALTER TABLE:
     * null where the server's functions cannot be relied on, the empty text where there is no scalar.
     */
    void scalar(SqlWriter sql, Operand.Json json) {
        String column = TableSchemas.column(json);
        Runnable document = () -> sql.name(column);
        sql.add("VARCHAR(255) CHARACTER SET utf8mb4").add(collate).add(" GENERATED ALWAYS AS (");
        scalar(sql, document, json.path());
        sql.add(") VIRTUAL");
    }

    /** Writes what the server's functions find at a place of JSON; see {@link JsonScalarPrefix}. */
    final void scalar(SqlWriter sql, Runnable document, JsonPath path) {
        JsonScalarPrefix.Scalar scalar =
                server.isMariaDb() ? JsonScalarPrefix.Scalar.VALUE : JsonScalarPrefix.Scalar.UNQUOTED;
        JsonScalarPrefix.write(sql, scalar, document, path(path), server.collation());
    }

    /**
     * Returns a path as a text of SQL. MySQL itself reads a control character in a key only when it is escaped, as in
     * JSON.
     */
    final String path(JsonPath path) {
        String text = JsonPathText.print(path);
        if (server.isMariaDb()) {
            return literal(text);
        }
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ') {
                escaped.append("\\u00").append(HexFormat.of().toHexDigits((byte) c));
            } else {
                escaped.append(c);
            }
        }
        return literal(escaped.toString());
    }

    /** Returns a text within a statement, however the server is set up to read backslashes. */
    static String literal(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7f || c == '\\' || c == '\'') {
                return "CONVERT(X'" + HexFormat.of().formatHex(text.getBytes(UTF_8)) + "' USING utf8mb4)";
            }
        }
        return "'" + text + "'";
    }

    @Override
    public Violation violation(SQLException error) {
        return MySqlErrors.isDuplicate(error) ? Violation.KEY_OR_UNIQUE : Violation.NONE;
    }

    /** Returns the time without any time zone's summer hour, which comes twice. */
    @Override
    public String time() {
        return "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000";
    }

    /** Returns the clause in the words that MariaDB knows too. */
    @Override
    public String sharedLock() {
        return " LOCK IN SHARE MODE";
    }

    @Override
    public boolean mayBeMissing(SQLException error) {
        return MySqlErrors.isMissing(error);
    }

    /** Returns false, since the columns were checked before; see {@link MySqlCatalog#version}. */
    @Override
    public boolean isOfAnotherKind(SQLException error) {
        return false;
    }

    /** Returns the operands' kinds that SQL compares and orders as they are. */
    static boolean isComparable(ColumnKind kind) {
        return switch (kind) {
            case ID, TEXT, RN, FINGERPRINT, INTEGER, REAL, BOOLEAN, DECIMAL, BYTES, OTHER -> true;
            case JSON, ENCRYPTED -> false;
        };
    }

    /** Returns whether the operand is a text. */
    static boolean isText(Operand operand) {
        return List.of(ColumnKind.ID, ColumnKind.TEXT, ColumnKind.RN, ColumnKind.FINGERPRINT)
                .contains(operand.kind());
    }
}
