package dev.korm.jdbc;

import dev.korm.spi.ColumnShape;
import dev.korm.spi.IndexShape;
import dev.korm.spi.TableShape;
import java.util.Set;

/** What a table has, beside what is wanted of it. */
final class TableShapes {
    private TableShapes() {}

    /** Whether nothing of what is wanted is lacking. */
    static boolean covers(TableShape actual, TableShape wanted, Set<String> replace) {
        return wanted.columns().stream().allMatch(column -> actual.column(column.name())
                        .filter(there -> !isReplaced(there, column, replace))
                        .isPresent())
                && wanted.indexes().stream().allMatch(index -> has(actual, index));
    }

    static boolean isReplaced(ColumnShape there, ColumnShape wanted, Set<String> replace) {
        return there.kind() != wanted.kind() && replace.contains(wanted.name());
    }

    static boolean has(TableShape actual, IndexShape index) {
        return actual.indexes().stream().anyMatch(there -> there.name().equals(index.name()));
    }
}
