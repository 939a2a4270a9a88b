package dev.korm.engine;

import dev.korm.FieldPath;
import dev.korm.QueryException;
import dev.korm.model.Node;
import dev.korm.spi.ColumnKind;

/** What figures can be made over. */
final class Figures {
    private Figures() {}

    static void requireNumber(Node node, FieldPath path, String use) {
        ColumnKind kind = node.kind();
        boolean number = kind == ColumnKind.INTEGER || kind == ColumnKind.REAL || kind == ColumnKind.DECIMAL;
        if (!number && !node.isDynamic()) {
            throw new QueryException(use + " is over numbers, but " + path + " is a " + node.typeName());
        }
    }
}
