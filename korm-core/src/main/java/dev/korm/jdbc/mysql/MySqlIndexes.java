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
import java.util.Set;
import java.util.TreeMap;

/** The indexes of tables in MySQL and MariaDB: how they are made, and how the catalogue answers them. */
final class MySqlIndexes {
    private static final int LONGEST_COMMENT = 1024;

    /** So many characters of texts are in one index, whose key has at most 3,072 bytes. */
    private static final int INDEXED_CHARACTERS = 700;

    private static final int INDEXED_MOST = 255;

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
     * @param ordered whether it is one of hidden columns with the order of its parts
     */
    void add(SqlWriter sql, TableSchema table, IndexSchema index, String column, String word, boolean ordered) {
        if (ordered) {
            addOrdered(sql, table, index, column, word);
        } else {
            addPlain(sql, table, index, column, word);
        }
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

    private void addPlain(SqlWriter sql, TableSchema table, IndexSchema index, String column, String word) {
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
    }

    /** Adds an index of hidden columns with the order of its parts. */
    private void addOrdered(SqlWriter sql, TableSchema table, IndexSchema index, String column, String word) {
        List<KeyPart> parts = OrderKeys.parts(table, index);
        boolean within = column.equals(word);
        String before = column;
        for (KeyPart part : parts) {
            sql.add(before).name(part.hidden()).add(" ");
            part.write(sql, dialect.collation(), dialect.isForeign(table.table(), part.column()));
            before = within ? column : ", ADD COLUMN ";
        }
        sql.add(within ? word : ", ADD ").add("INDEX ").name(index.name());
        String separator = " (";
        for (KeyPart part : parts) {
            for (String each : part.columns()) {
                sql.add(separator).name(each);
                separator = ", ";
            }
        }
        sql.add(") COMMENT '").add(OrderKeys.comment(index)).add("'");
    }

    /**
     * Returns those of some indexes that are to be of hidden columns with the order of their parts.
     *
     * @param there the parts of the table's indexes that are
     */
    Set<String> ordered(TableSchema table, List<IndexSchema> some, Map<String, List<KeyPart>> there) {
        int used = there.values().stream().mapToInt(OrderKeys::bytes).sum();
        return dialect.ordersByHiddenColumns() ? OrderKeys.chosen(table, some, used) : Set.of();
    }

    /**
     * Drops an index with its hidden columns.
     *
     * @param ordered whether it has a hidden column for each of its parts
     * @param former whether its order is kept beside it
     */
    static void drop(SqlWriter sql, IndexSchema index, boolean ordered, boolean former) {
        if (former) {
            sql.add("DROP INDEX ").name(MySqlNames.formerOrderIndex(index.name()));
            sql.add(", DROP COLUMN ")
                    .name(MySqlNames.formerOrderKey(index.name()))
                    .add(", ");
        }
        sql.add("DROP INDEX ").name(index.name());
        for (int i = 0; i < index.parts().size(); i++) {
            if (ordered || index.parts().get(i) instanceof Operand.Json) {
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
    static String encoded(String text) {
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
