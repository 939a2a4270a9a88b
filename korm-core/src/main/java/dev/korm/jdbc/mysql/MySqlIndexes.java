package dev.korm.jdbc.mysql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.ConfigurationException;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.IndexParts;
import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.IndexSchema.Uniqueness;
import dev.korm.spi.schema.TableSchema;
import java.io.ByteArrayOutputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The indexes of tables in MySQL and MariaDB: how they are made, and how the catalogue answers them. */
final class MySqlIndexes {
    private static final int LONGEST_COMMENT = 1024;

    /** So many characters of texts are in one index, whose key has at most 3,072 bytes. */
    private static final int INDEXED_CHARACTERS = 700;

    private static final int INDEXED_MOST = 255;

    private static final int MOST_INDEXES = 48;

    private final MySqlDialect dialect;

    MySqlIndexes(MySqlDialect dialect) {
        this.dialect = dialect;
    }

    /** An index as the catalogue has it; a column is empty where there is an expression. */
    static final class Found {
        private final String name;
        private final Map<Integer, String> columns = new TreeMap<>();
        private String comment = "";
        private boolean unique;

        Found(String name) {
            this.name = name;
        }

        void add(int position, String column, String newComment, boolean isUnique) {
            columns.put(position, column);
            comment = newComment;
            unique = isUnique;
        }

        /**
         * Returns the index when it is as korm would make it; others, and those that serve joins only, are not korm's
         * to name.
         */
        Optional<IndexSchema> schema(TableSchema table) {
            List<String> parts = comment.startsWith(IndexParts.MARK)
                    ? IndexParts.parts(decoded(comment.substring(IndexParts.MARK.length())))
                    : List.copyOf(columns.values());
            return IndexParts.parse(table, name, unique ? Uniqueness.UNIQUE : Uniqueness.REPEATABLE, parts);
        }
    }

    /**
     * Adds an index, with hidden columns for what an index cannot hold by itself: places of JSON, and the id at the end of a
     * reference, by which joins begin at the row referred to.
     *
     * @param column what stands before a column
     * @param word what stands before the index
     */
    void add(SqlWriter sql, TableSchema table, IndexSchema index, String column, String word) {
        String before = word;
        for (int i = 0; i < index.parts().size(); i++) {
            if (index.parts().get(i) instanceof Operand.Json json) {
                sql.add(column)
                        .name(MySqlNames.generatedColumn(index.name(), i))
                        .add(" ");
                dialect.scalar(sql, json);
                before = column.equals(word) ? word : ", ADD ";
            }
        }
        sql.add(before).add(index.uniqueness() == Uniqueness.UNIQUE ? "UNIQUE INDEX " : "INDEX ");
        sql.name(index.name()).add(" (");
        long texts = index.parts().stream()
                .filter(part -> part instanceof Operand.Column each && isLong(each.kind()))
                .count();
        long length = Math.min(INDEXED_MOST, INDEXED_CHARACTERS / Math.max(1, texts));
        for (int i = 0; i < index.parts().size(); i++) {
            sql.add(i == 0 ? "" : ", ");
            Operand part = index.parts().get(i);
            if (part instanceof Operand.Json) {
                sql.name(MySqlNames.generatedColumn(index.name(), i));
            } else {
                ColumnKind kind = table.column(TableSchemas.column(part))
                        .map(ColumnSchema::kind)
                        .orElse(part.kind());
                sql.name(TableSchemas.column(part));
                if (isLong(kind)) {
                    sql.add("(").add(length).add(")");
                }
            }
        }
        sql.add(")");
        comment(table.table(), index)
                .ifPresent(text -> sql.add(" COMMENT '").add(text).add("'"));
        Optional<Operand.Column> references = TableSchemas.references(index);
        if (references.isPresent()) {
            String generated =
                    MySqlNames.generatedColumn(index.name(), index.parts().size());
            sql.add(column.equals(word) ? column : ", ADD COLUMN ")
                    .name(generated)
                    .add(" ");
            dialect.referenceId(sql, references.get().name());
            sql.add(column.equals(word) ? word : ", ADD ").add("INDEX ");
            sql.name(MySqlNames.referenceIndex(index.name()))
                    .add(" (")
                    .name(generated)
                    .add(")");
        }
    }

    /**
     * Adds the order keys of an index.
     *
     * @param column what stands before a column
     * @param word what stands before an index
     */
    static void addOrderKey(
            SqlWriter sql, TableSchema table, IndexSchema index, String collation, String column, String word) {
        String name = MySqlNames.orderKey(index.name());
        sql.add(column).name(name).add(" ");
        OrderKeys.write(sql, table, index, collation);
        sql.add(word).add("INDEX ").name(MySqlNames.orderIndex(index.name())).add(" (");
        sql.name(name).add(")");
    }

    /**
     * Returns the indexes of a table that are to have order keys. InnoDB has 64 indexes in a table at the most, of which some are
     * left for others to add.
     */
    static List<IndexSchema> ordered(TableSchema table) {
        long all = table.indexes().stream()
                .mapToLong(index -> TableSchemas.references(index).isPresent() ? 2 : 1)
                .sum();
        return table.indexes().stream()
                .filter(index -> OrderKeys.serve(table.table(), index))
                .limit(Math.max(0, MOST_INDEXES - all))
                .toList();
    }

    /** Drops an index with its hidden columns. */
    static void drop(SqlWriter sql, IndexSchema index, boolean hasOrderKey) {
        if (hasOrderKey) {
            sql.add("DROP INDEX ").name(MySqlNames.orderIndex(index.name()));
            sql.add(", DROP COLUMN ").name(MySqlNames.orderKey(index.name())).add(", ");
        }
        sql.add("DROP INDEX ").name(index.name());
        for (int i = 0; i < index.parts().size(); i++) {
            if (index.parts().get(i) instanceof Operand.Json) {
                sql.add(", DROP COLUMN ").name(MySqlNames.generatedColumn(index.name(), i));
            }
        }
        if (TableSchemas.references(index).isPresent()) {
            sql.add(", DROP INDEX ").name(MySqlNames.referenceIndex(index.name()));
            sql.add(", DROP COLUMN ")
                    .name(MySqlNames.generatedColumn(index.name(), index.parts().size()));
        }
    }

    /**
     * Finds the unique index with equal values: the server names it in its message alone, so each new one is checked.
     */
    RuntimeException duplicate(Session session, TableSchema actual, TableSchemas.Lacking lacking, SQLException error)
            throws SQLException {
        for (IndexSchema index : lacking.indexes()) {
            boolean there = index.parts().stream().allMatch(part -> actual.has(TableSchemas.column(part)));
            if (index.uniqueness() == Uniqueness.UNIQUE && there && hasEqualValues(session, actual, index)) {
                return TableSchemas.duplicate(actual, index);
            }
        }
        return new IllegalStateException("Equal values were found and are gone", error);
    }

    private boolean hasEqualValues(Session session, TableSchema actual, IndexSchema index) throws SQLException {
        SqlWriter sql = dialect.writer().add("SELECT 1 FROM ");
        dialect.table(sql, actual.table());
        SqlWriter columns = dialect.writer();
        String separator = " WHERE ";
        for (Operand part : index.parts()) {
            String column = TableSchemas.column(part);
            sql.add(separator).name(column).add(" IS NOT NULL");
            columns.add(separator.equals(" WHERE ") ? " GROUP BY " : ", ").name(column);
            separator = " AND ";
        }
        sql.add(columns.toSql()).add(" HAVING COUNT(*) > 1 LIMIT 1");
        return session.query(sql.toSql(), ResultSet::next);
    }

    /** Returns whether an index holds only the beginning of such values. */
    private static boolean isLong(ColumnKind kind) {
        return switch (kind) {
            case TEXT, RN, DECIMAL, BYTES, JSON, ENCRYPTED -> true;
            case ID, FINGERPRINT, INTEGER, REAL, BOOLEAN, OTHER -> false;
        };
    }

    /** Returns the index's parts, when the catalogue could not tell them. */
    private static Optional<String> comment(TableName table, IndexSchema index) {
        Optional<String> text = IndexParts.print(index).map(parts -> IndexParts.MARK + encoded(parts));
        if (text.isPresent() && text.get().length() > LONGEST_COMMENT) {
            throw new ConfigurationException("An index of table " + table
                    + " has paths that are too long to be kept. Index fewer fields, or fields with shorter names");
        }
        return text;
    }

    /**
     * Returns a text of ASCII without quotes and backslashes, which stand for different things on different servers.
     */
    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : text.getBytes(UTF_8)) {
            if (each <= ' ' || each == 0x7f || each == '\'' || each == '\\' || each == '%') {
                encoded.append('%').append(HexFormat.of().toHexDigits(each));
            } else {
                encoded.append((char) each);
            }
        }
        return encoded.toString();
    }

    private static String decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            boolean code = text.charAt(i) == '%' && i + 2 < text.length();
            bytes.write(code ? HexFormat.fromHexDigits(text, i + 1, i + 3) : text.charAt(i));
            i += code ? 2 : 0;
        }
        return bytes.toString(UTF_8);
    }
}
