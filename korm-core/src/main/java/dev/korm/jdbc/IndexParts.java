package dev.korm.jdbc;

import dev.korm.spi.ColumnKind;
import dev.korm.spi.Operand;
import dev.korm.spi.TableShape;
import java.util.Optional;

/** Parts of an index as a comment of it keeps them, where the catalogue cannot tell which place of a JSON value one holds. */
final class IndexParts {
    private IndexParts() {}

    /** A column, or the kind, the column and the path; one line. */
    static String print(Operand part) {
        if (part instanceof Operand.Json inside && inside.document() instanceof Operand.Column column) {
            String path = JsonPathText.print(inside.path()).replace("%", "%25").replace("\n", "%0A");
            return indexKind(inside.kind()) + " " + column.name() + " " + path;
        }
        return TableShapes.column(part);
    }

    static Optional<Operand> parse(TableShape table, String text) {
        String[] words = text.split(" ", 3);
        if (words.length < 3) {
            return table.column(text).map(shape -> new Operand.Column(0, shape.name(), shape.kind()));
        }
        return JsonPathText.parse(words[2].replace("%0A", "\n").replace("%25", "%"))
                .map(path -> new Operand.Json(
                        new Operand.Column(0, words[1], ColumnKind.JSON), path, ColumnKind.valueOf(words[0])));
    }

    /** The kinds that an index tells apart. */
    static ColumnKind indexKind(ColumnKind kind) {
        return switch (kind) {
            case INTEGER, REAL -> ColumnKind.INTEGER;
            case BOOLEAN -> ColumnKind.BOOLEAN;
            default -> ColumnKind.TEXT;
        };
    }
}
