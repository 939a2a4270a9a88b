package dev.korm.jdbc.write;

import dev.korm.jdbc.session.Session;
import dev.korm.spi.Mutation;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * Holds what is to be written against the table as it is, where the database itself would take a value into a column of
 * another kind. Looks once for each list of columns, and again when the table's version has moved. Safe for many threads.
 */
public final class SchemaGuard {
    /** So many lists of columns are remembered for a table. */
    private static final int MOST = 1024;

    private final Catalog catalog;
    private final Map<TableName, Fitting> tables = new ConcurrentHashMap<>();

    /** The lists of columns that fit a table while it has this version. */
    private record Fitting(Object version, Set<List<ColumnSchema>> columns) {
        static Fitting of(Object version) {
            return new Fitting(version, ConcurrentHashMap.newKeySet());
        }
    }

    public SchemaGuard(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Checks the columns of every mutation, in a transaction that has not changed the schema.
     *
     * @throws SchemaMovedException when a column is of another kind, or has become unique and its fingerprint is not written
     */
    void check(Session session, List<Mutation> mutations) throws SQLException {
        check(session, mutations, this::fitting);
    }

    /**
     * Does what {@link #check} does in a transaction that has changed the schema, and remembers nothing: when that is rolled back, the
     * next change of the schema has the version that this one had.
     */
    void checkAfterSchemaChange(Session session, List<Mutation> mutations) throws SQLException {
        check(session, mutations, (table, version) -> Fitting.of(version));
    }

    private void check(Session session, List<Mutation> mutations, BiFunction<TableName, Object, Fitting> known)
            throws SQLException {
        Map<TableName, Fitting> looked = new HashMap<>();
        List<ColumnSchema> last = List.of();
        TableName lastTable = TransactionMarker.TABLE;
        for (Mutation mutation : mutations) {
            List<ColumnSchema> columns = columns(mutation);
            TableName table = mutation.table();
            if (columns.isEmpty() || (columns == last && table.equals(lastTable))) {
                continue;
            }
            last = columns;
            lastTable = table;
            Fitting fitting = looked.get(table);
            if (fitting == null) {
                Optional<Object> version = catalog.version(session, table);
                if (version.isEmpty()) {
                    continue;
                }
                fitting = known.apply(table, version.get());
                looked.put(table, fitting);
            }
            if (!fitting.columns().contains(columns)) {
                check(session, table, columns);
                fitting.columns().add(columns);
            }
        }
    }

    private Fitting fitting(TableName table, Object version) {
        Fitting known = tables.get(table);
        if (known == null || !known.version().equals(version) || known.columns().size() > MOST) {
            known = Fitting.of(version);
            tables.put(table, known);
        }
        return known;
    }

    private void check(Session session, TableName table, List<ColumnSchema> columns) throws SQLException {
        TableSchema actual = catalog.read(session, table).orElse(null);
        if (actual != null && !fits(columns, actual)) {
            throw new SchemaMovedException(table, null);
        }
    }

    private static boolean fits(List<ColumnSchema> columns, TableSchema actual) {
        Set<String> names = new HashSet<>();
        columns.forEach(column -> names.add(column.name()));
        for (ColumnSchema column : columns) {
            boolean otherKind = actual.column(column.name())
                    .filter(there -> !isSame(there.kind(), column.kind()))
                    .isPresent();
            if (otherKind) {
                return false;
            }
        }
        return FingerprintKey.in(actual).stream()
                .allMatch(key -> names.contains(key.hidden().name())
                        || key.columns().stream().noneMatch(names::contains));
    }

    /** Fingerprints are known by the name of their column alone. */
    private static boolean isSame(ColumnKind actual, ColumnKind written) {
        return actual == written || (actual == ColumnKind.TEXT && written == ColumnKind.FINGERPRINT);
    }

    private static List<ColumnSchema> columns(Mutation mutation) {
        if (mutation instanceof Mutation.Insert insert) {
            return insert.columns();
        }
        if (mutation instanceof Mutation.Update update) {
            return update.columns();
        }
        return mutation instanceof Mutation.UpdateSelected update ? update.columns() : List.of();
    }
}
