package dev.korm.jdbc.sql;

import dev.korm.DuplicateException;
import dev.korm.SchemaException;
import dev.korm.jdbc.sql.text.RenderException;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.ColumnSchema.Filling;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rules that tables follow on every database, and the differences between a table and the wanted schema. */
public final class TableSchemas {
    private TableSchemas() {}

    /** Returns whether nothing of what is wanted is lacking. */
    public static boolean covers(TableSchema actual, TableSchema wanted, Set<String> replace) {
        return wanted.columns().stream().allMatch(column -> actual.column(column.name())
                        .filter(there -> !isReplaced(there, column, replace))
                        .isPresent())
                && wanted.indexes().stream().allMatch(index -> actual.hasIndex(index.name()));
    }

    private static boolean isReplaced(ColumnSchema there, ColumnSchema wanted, Set<String> replace) {
        return there.kind() != wanted.kind() && replace.contains(wanted.name());
    }

    /**
     * The differences between a table and the wanted schema: what has to be dropped and added.
     *
     * @param staleIndexes indexes over columns that go
     * @param staleColumns columns of another kind than wanted, with the hidden columns that hang on them
     * @param columns columns that are not there, or no longer
     * @param indexes indexes that are not there, or no longer
     */
    public record Lacking(
            List<IndexSchema> staleIndexes,
            Set<String> staleColumns,
            List<ColumnSchema> columns,
            List<IndexSchema> indexes) {
        public Lacking {
            staleIndexes = List.copyOf(staleIndexes);
            columns = List.copyOf(columns);
            indexes = List.copyOf(indexes);
        }

        public boolean isNothing() {
            return staleColumns.isEmpty() && columns.isEmpty() && indexes.isEmpty();
        }
    }

    /** Returns what goes when a column takes the place of another: the other, the one that tells what is ready, and what hangs on them. */
    public static Lacking exchanged(TableSchema actual, ColumnExchange exchange) {
        Set<String> dropped = new LinkedHashSet<>(List.of(exchange.column(), exchange.seen()));
        FingerprintKey.in(actual).stream()
                .filter(key -> key.isOf(exchange.column()))
                .forEach(key -> dropped.add(key.hidden().name()));
        return new Lacking(stale(actual, dropped), dropped, List.of(), List.of());
    }

    private static List<IndexSchema> stale(TableSchema actual, Set<String> dropped) {
        return actual.indexes().stream()
                .filter(index -> index.parts().stream().anyMatch(part -> dropped.contains(column(part))))
                .toList();
    }

    public static Lacking lacking(TableSchema actual, TableSchema wanted, Set<String> replace) {
        Set<String> dropped = replaced(actual, wanted, replace);
        List<IndexSchema> stale = stale(actual, dropped);
        List<ColumnSchema> columns = wanted.columns().stream()
                .filter(column -> !actual.has(column.name()) || dropped.contains(column.name()))
                .toList();
        List<IndexSchema> indexes = wanted.indexes().stream()
                .filter(index -> !actual.hasIndex(index.name())
                        || stale.stream().anyMatch(old -> old.name().equals(index.name())))
                .toList();
        return new Lacking(stale, dropped, columns, indexes);
    }

    /** Returns the column that an index's part is, or lies in; empty where there is none. */
    public static String column(Operand part) {
        Operand operand = part instanceof Operand.Json json ? json.document() : part;
        return operand instanceof Operand.Column column ? column.name() : "";
    }

    /** Returns the kind that a column's name implies, whatever type it has. */
    public static Optional<ColumnKind> kindByName(TableName table, String column) {
        if (column.equals(table.key())) {
            return Optional.of(ColumnKind.ID);
        }
        return ColumnSchema.isFingerprint(column) ? Optional.of(ColumnKind.FINGERPRINT) : Optional.empty();
    }

    /**
     * Makes a column of what the catalogue says of it.
     *
     * @param generated whether the database works it out
     * @param filled whether it has a default
     */
    public static ColumnSchema filled(
            String name, ColumnKind kind, boolean generated, boolean filled, boolean notNull) {
        ColumnSchema plain = new ColumnSchema(name, kind);
        if (plain.isHidden() || !(generated || filled)) {
            return plain;
        }
        Filling byDefault = notNull ? Filling.DEFAULT_NOT_NULL : Filling.DEFAULT;
        return new ColumnSchema(name, kind, generated ? Filling.GENERATED : byDefault);
    }

    /** Puts the key first, whatever order another program gave the columns. */
    public static void sort(List<ColumnSchema> columns, TableName table) {
        columns.sort(
                (a, b) -> Boolean.compare(b.name().equals(table.key()), a.name().equals(table.key())));
    }

    /**
     * Returns the column of references that an index begins with, and so serves joins that begin at the row referred
     * to.
     */
    public static Optional<Operand.Column> references(IndexSchema index) {
        return index.uniqueness() == IndexSchema.Uniqueness.REPEATABLE
                        && index.parts().get(0) instanceof Operand.Column first
                        && first.kind() == ColumnKind.RN
                ? Optional.of(first)
                : Optional.empty();
    }

    /**
     * Returns whether the key of its rows stands at the end of an index, though its parts do not name it: then it has the order of rows that are equal in
     * all parts, by which pages go on. Not needed where values hardly repeat.
     */
    public static boolean endsWithKey(TableName table, IndexSchema index) {
        return table.isItems()
                && index.uniqueness() == IndexSchema.Uniqueness.REPEATABLE
                && index.parts().get(0).kind() != ColumnKind.FINGERPRINT
                && index.parts().stream().noneMatch(part -> column(part).equals(table.key()));
    }

    /** Refuses names that are none. */
    public static void checkNames(TableSchema schema) {
        Stream.concat(Stream.of(schema.table().text()), names(schema)).forEach(name -> {
            if (!SqlWriter.isName(name)) {
                throw new RenderException("A table, column or index of " + schema.table()
                        + " has a name that is not of letters, digits and _");
            }
        });
    }

    /**
     * Refuses names of columns and indexes that are too long.
     *
     * @param why what the database does with longer ones, to go behind their length
     */
    public static void checkLengths(TableSchema schema, int longest, String why) {
        names(schema).forEach(name -> {
            if (name.length() > longest) {
                throw new SchemaException("The name " + name + " in table " + schema.table() + " has more than "
                        + longest + " characters, " + why + ". Give the field a shorter stored name with @Name");
            }
        });
    }

    /** Makes the error of columns of which the database keeps a name for itself. */
    public static SchemaException reserved(TableName table, List<ColumnSchema> columns, SQLException error) {
        String names = columns.stream().map(ColumnSchema::name).collect(Collectors.joining(", "));
        return new SchemaException(
                "The table " + table + " cannot have all of the columns " + names
                        + ": the database keeps a name among them for itself. Give the field another name, by @Name where it"
                        + " is a record's",
                error);
    }

    private static Stream<String> names(TableSchema schema) {
        return Stream.concat(
                schema.columns().stream().map(ColumnSchema::name),
                schema.indexes().stream().map(IndexSchema::name));
    }

    /** Returns the exception for a unique index that found equal values. */
    public static DuplicateException duplicate(TableSchema schema, IndexSchema index) {
        List<String> fields = index.parts().stream()
                .flatMap(part -> FingerprintKey.columns(column(part), schema).stream())
                .toList();
        return new DuplicateException(
                "The unique index over " + fields + " cannot be made on table " + schema.table()
                        + ": some rows hold equal values. Make the values different first",
                fields,
                Optional.empty());
    }

    private static Set<String> replaced(TableSchema actual, TableSchema wanted, Set<String> replace) {
        Set<String> dropped = new LinkedHashSet<>();
        for (ColumnSchema column : wanted.columns()) {
            Optional<ColumnSchema> there = actual.column(column.name());
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
