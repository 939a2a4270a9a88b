package dev.korm.jdbc;

import dev.korm.spi.ColumnShape;
import dev.korm.spi.FingerprintKey;
import dev.korm.spi.TableShape;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a table has, beside what is wanted of it. */
final class TableShapes {
    private TableShapes() {}

    /** The fields that the columns of an index stand for, for messages. */
    static List<String> fields(TableShape shape, List<String> indexed) {
        return indexed.stream()
                .flatMap(name -> FingerprintKey.columns(name, shape).stream())
                .toList();
    }

    /** Whether nothing of what is wanted is lacking. */
    static boolean covers(TableShape actual, TableShape wanted, Set<String> replace) {
        return wanted.columns().stream().allMatch(column -> actual.column(column.name())
                        .filter(there -> !isReplaced(there, column, replace))
                        .isPresent())
                && wanted.indexes().stream().allMatch(index -> actual.hasIndex(index.name()));
    }

    private static boolean isReplaced(ColumnShape there, ColumnShape wanted, Set<String> replace) {
        return there.kind() != wanted.kind() && replace.contains(wanted.name());
    }

    /** The columns to drop: those of another kind than wanted, with the hidden columns that hang on them. */
    static Set<String> replaced(TableShape actual, TableShape wanted, Set<String> replace) {
        Set<String> dropped = new LinkedHashSet<>();
        for (ColumnShape column : wanted.columns()) {
            Optional<ColumnShape> there = actual.column(column.name());
            if (there.isPresent() && isReplaced(there.get(), column, replace)) {
                dropped.add(column.name());
                FingerprintKey.in(actual).stream()
                        .filter(key -> key.isOf(column.name()))
                        .forEach(key -> dropped.add(key.hidden().name()));
            }
        }
        return dropped;
    }
}
