package dev.korm.jdbc.mysql;

import static dev.korm.jdbc.mysql.KeyPart.Form.TEXT;

import dev.korm.jdbc.sql.IndexParts;
import dev.korm.jdbc.sql.OrderKey;
import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Indexes of MariaDB that have the order of their parts where an index of its own kind has not: of a long text it holds the beginning, and of several parts
 * those behind the first have nulls at the end where an order has them not. They are of hidden columns that the server works out, one for each part; see {@link KeyPart}. No other index is kept for the same parts: what
 * a filter says of a column it says of the hidden one as well; see {@link KeyConditions}.
 */
final class OrderKeys {
    /** So many characters of texts are in one index, whose key has at most 3,072 bytes. */
    private static final int CHARACTERS = 700;

    /** The longest beginning, with what marks it. */
    private static final int LONGEST = 255;

    private static final int MOST_COLUMNS = 16;

    /** The longest texts of all columns count, also of virtual ones, and may have 65,535 bytes together. */
    private static final int MOST_BYTES = 40_000;

    private static final int LONGEST_COMMENT = 1024;

    private OrderKeys() {}

    /** Returns whether an index by itself has not the order of its parts, and one of hidden columns would have it. */
    static boolean serve(TableName table, IndexSchema index) {
        List<Operand> parts = index.parts();
        boolean known =
                parts.stream().allMatch(part -> part instanceof Operand.Column column && isKnown(column.kind()));
        boolean some = parts.size() > 1
                || parts.get(0).kind() == ColumnKind.TEXT
                || parts.get(0).kind() == ColumnKind.DECIMAL;
        return table.isItems()
                && index.uniqueness() == IndexSchema.Uniqueness.REPEATABLE
                && known
                && some
                && 2 * parts.size() <= MOST_COLUMNS
                && comment(index).length() <= LONGEST_COMMENT;
    }

    private static boolean isKnown(ColumnKind kind) {
        return switch (kind) {
            case TEXT, RN, DECIMAL, INTEGER, REAL, BOOLEAN -> true;
            case ID, BYTES, JSON, ENCRYPTED, FINGERPRINT, OTHER -> false;
        };
    }

    /** Returns the comment by which the index is known for that of its parts. */
    static String comment(IndexSchema index) {
        return IndexParts.MARK + MySqlIndexes.encoded(IndexParts.columns(index));
    }

    /** Returns the parts of an index as it holds them. */
    static List<KeyPart> parts(TableSchema table, IndexSchema index) {
        List<ColumnKind> kinds = new ArrayList<>();
        for (Operand part : index.parts()) {
            kinds.add(table.column(TableSchemas.column(part))
                    .map(ColumnSchema::kind)
                    .orElse(part.kind()));
        }
        long texts = kinds.stream().filter(kind -> KeyPart.form(kind) == TEXT).count();
        int length = (int) Math.min(LONGEST, CHARACTERS / Math.max(1, texts));
        List<KeyPart> parts = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            String hidden = MySqlNames.generatedColumn(index.name(), i);
            parts.add(new KeyPart(TableSchemas.column(index.parts().get(i)), kinds.get(i), hidden, length));
        }
        return parts;
    }

    /**
     * Returns those of some indexes that are to be of hidden columns: as many as a table's rows have room for.
     *
     * @param used the bytes that hidden columns of the table take already
     */
    static Set<String> chosen(TableSchema table, List<IndexSchema> indexes, int used) {
        Set<String> chosen = new HashSet<>();
        int bytes = used;
        for (IndexSchema index : indexes) {
            if (serve(table.table(), index)) {
                int own = bytes(parts(table, index));
                if (bytes + own <= MOST_BYTES) {
                    bytes += own;
                    chosen.add(index.name());
                }
            }
        }
        return chosen;
    }

    /** Returns how many bytes of a row the server counts for hidden columns. */
    static int bytes(List<KeyPart> parts) {
        return parts.stream().mapToInt(KeyPart::bytes).sum();
    }

    /** Returns the order key of an index that has one. */
    static OrderKey of(List<KeyPart> parts) {
        return new Columns(parts);
    }

    private record Columns(List<KeyPart> parts) implements OrderKey {
        @Override
        public List<String> columns() {
            return parts.stream().flatMap(part -> part.columns().stream()).toList();
        }

        @Override
        public List<Beginning> beginnings() {
            return parts.stream()
                    .filter(part -> part.form() == TEXT)
                    .map(part -> new Beginning(part.hidden(), part.length()))
                    .toList();
        }
    }
}
