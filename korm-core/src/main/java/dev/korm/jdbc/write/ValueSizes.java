package dev.korm.jdbc.write;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.ValueException;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.List;
import java.util.Locale;

/** A check of the texts of a batch before anything of it is sent, for a server that cuts the connection of who sends too much. */
final class ValueSizes {
    private static final int MOST_BYTES_OF_A_CHARACTER = 3;

    /** @throws ValueException naming the first field whose text is larger than the server takes */
    static void require(List<Mutation> mutations, long largest) {
        if (largest == Long.MAX_VALUE) {
            return;
        }
        for (Mutation mutation : mutations) {
            if (mutation instanceof Mutation.Insert insert) {
                require(insert.table(), insert.id(), insert.columns(), insert.values(), largest);
            } else if (mutation instanceof Mutation.Update update) {
                require(update.table(), update.id(), update.columns(), update.values(), largest);
            } else if (mutation instanceof Mutation.UpdateSelected update) {
                require(update.selection().from(), "all that is selected", update.columns(), update.values(), largest);
            }
        }
    }

    private static void require(TableName table, String id, List<ColumnSchema> columns, Row values, long largest) {
        for (int i = 0; i < columns.size(); i++) {
            if (values.get(i) instanceof String text && text.length() > largest / MOST_BYTES_OF_A_CHARACTER) {
                int bytes = text.getBytes(UTF_8).length;
                if (bytes > largest) {
                    throw new ValueException(String.format(
                            Locale.ROOT,
                            "The table %s, %s: the column %s would hold a text of %,d bytes, and the server takes %,d at once;"
                                    + " nothing was sent. Keep so large a value in a file, or raise the server's max_allowed_packet",
                            table,
                            id,
                            columns.get(i).name(),
                            bytes,
                            largest));
                }
            }
        }
    }

    private ValueSizes() {}
}
