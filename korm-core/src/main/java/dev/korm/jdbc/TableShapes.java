package dev.korm.jdbc;

import dev.korm.DuplicateException;
import dev.korm.SchemaException;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.ColumnShape.Filling;
import dev.korm.spi.FingerprintKey;
import dev.korm.spi.IndexShape;
import dev.korm.spi.Operand;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What tables have whatever the database, and what they have beside what is wanted of them. */
final class TableShapes {
    private TableShapes() {}

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

    /**
     * What a table has to lose and to gain to be what is wanted.
     *
     * @param staleIndexes indexes over columns that go
     * @param staleColumns columns of another kind than wanted, with the hidden columns that hang on them
     * @param columns columns that are not there, or no longer
     * @param indexes indexes that are not there, or no longer
     */
    record Lacking(
            List<IndexShape> staleIndexes,
            Set<String> staleColumns,
            List<ColumnShape> columns,
            List<IndexShape> indexes) {
        Lacking {
            staleIndexes = List.copyOf(staleIndexes);
            columns = List.copyOf(columns);
            indexes = List.copyOf(indexes);
        }

        boolean isNothing() {
            return staleColumns.isEmpty() && columns.isEmpty() && indexes.isEmpty();
        }
    }

    static Lacking lacking(TableShape actual, TableShape wanted, Set<String> replace) {
        Set<String> dropped = replaced(actual, wanted, replace);
        List<IndexShape> stale = actual.indexes().stream()
                .filter(index -> index.parts().stream().anyMatch(part -> dropped.contains(column(part))))
                .toList();
        List<ColumnShape> columns = wanted.columns().stream()
                .filter(column -> !actual.has(column.name()) || dropped.contains(column.name()))
                .toList();
        List<IndexShape> indexes = wanted.indexes().stream()
                .filter(index -> !actual.hasIndex(index.name())
                        || stale.stream().anyMatch(old -> old.name().equals(index.name())))
                .toList();
        return new Lacking(stale, dropped, columns, indexes);
    }

    /** The column that an index's part is, or lies in; empty where there is none. */
    static String column(Operand part) {
        Operand operand = part instanceof Operand.Json json ? json.document() : part;
        return operand instanceof Operand.Column column ? column.name() : "";
    }

    /** What a column's name says of its kind, whatever type it has. */
    static Optional<ColumnKind> kindByName(TableName table, String column) {
        if (column.equals(table.key())) {
            return Optional.of(ColumnKind.ID);
        }
        return ColumnShape.isFingerprint(column) ? Optional.of(ColumnKind.FINGERPRINT) : Optional.empty();
    }

    /**
     * Makes a column of what the catalogue says of it.
     *
     * @param generated whether the database works it out
     * @param filled whether it has a default
     */
    static ColumnShape filled(String name, ColumnKind kind, boolean generated, boolean filled, boolean notNull) {
        ColumnShape plain = new ColumnShape(name, kind);
        if (plain.isHidden() || !(generated || filled)) {
            return plain;
        }
        Filling byDefault = notNull ? Filling.DEFAULT_NOT_NULL : Filling.DEFAULT;
        return new ColumnShape(name, kind, generated ? Filling.GENERATED : byDefault);
    }

    /** Puts the key first, whatever order another program gave the columns. */
    static void sort(List<ColumnShape> columns, TableName table) {
        columns.sort(
                (a, b) -> Boolean.compare(b.name().equals(table.key()), a.name().equals(table.key())));
    }

    /** The column of references that an index begins with, and so serves joins that begin at the row referred to. */
    static Optional<Operand.Column> references(IndexShape index) {
        return index.uniqueness() == IndexShape.Uniqueness.REPEATABLE
                        && index.parts().get(0) instanceof Operand.Column first
                        && first.kind() == ColumnKind.RN
                ? Optional.of(first)
                : Optional.empty();
    }

    /** Refuses names that are none. */
    static void checkNames(TableShape shape) {
        Stream.concat(Stream.of(shape.table().text()), names(shape)).forEach(name -> {
            if (!SqlWriter.isName(name)) {
                throw new RenderException("A table, column or index of " + shape.table()
                        + " has a name that is not of letters, digits and _");
            }
        });
    }

    /**
     * Refuses names of columns and indexes that are too long.
     *
     * @param why what the database does with longer ones, to go behind their length
     */
    static void checkLengths(TableShape shape, int longest, String why) {
        names(shape).forEach(name -> {
            if (name.length() > longest) {
                throw new SchemaException("The name " + name + " in table " + shape.table() + " has more than "
                        + longest + " characters, " + why + ". Give the field a shorter stored name with @Name");
            }
        });
    }

    /** Makes the error of columns of which the database keeps a name for itself. */
    static SchemaException reserved(TableName table, List<ColumnShape> columns, SQLException error) {
        String names = columns.stream().map(ColumnShape::name).collect(Collectors.joining(", "));
        return new SchemaException(
                "The table " + table + " cannot have all of the columns " + names
                        + ": the database keeps a name among them for itself. Give the field another name, by @Name where it"
                        + " is a record's",
                error);
    }

    private static Stream<String> names(TableShape shape) {
        return Stream.concat(
                shape.columns().stream().map(ColumnShape::name),
                shape.indexes().stream().map(IndexShape::name));
    }

    /** A unique index found equal values. */
    static DuplicateException duplicate(TableShape shape, IndexShape index) {
        List<String> fields = index.parts().stream()
                .flatMap(part -> FingerprintKey.columns(column(part), shape).stream())
                .toList();
        return new DuplicateException(
                "The unique index over " + fields + " cannot be made on table " + shape.table()
                        + ": some rows hold equal values. Make them different first",
                fields,
                Optional.empty());
    }

    private static Set<String> replaced(TableShape actual, TableShape wanted, Set<String> replace) {
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
