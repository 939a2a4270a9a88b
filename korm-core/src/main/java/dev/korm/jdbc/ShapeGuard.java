package dev.korm.jdbc;

import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.FingerprintKey;
import dev.korm.spi.Mutation;
import dev.korm.spi.SchemaMovedException;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Holds what is to be written against the table as it is, where the database itself would take a value into a column of
 * another kind. Looks once for each list of columns, and again when the schema's version has moved. For one thread at a time.
 */
final class ShapeGuard {
    private static final int MOST = 1024;

    private final Session session;
    private final Catalog catalog;
    private final Set<Written> fitting = new HashSet<>();
    private OptionalLong version = OptionalLong.empty();

    private record Written(TableName table, List<ColumnShape> columns) {}

    ShapeGuard(Session session, Catalog catalog) {
        this.session = session;
        this.catalog = catalog;
    }

    /**
     * Checks the columns of every mutation.
     *
     * @throws SchemaMovedException when a column is of another kind, or has become unique and its fingerprint is not written
     */
    void check(List<Mutation> mutations) throws SQLException {
        OptionalLong now = catalog.version(session);
        if (now.isEmpty()) {
            return;
        }
        if (!now.equals(version) || fitting.size() > MOST) {
            fitting.clear();
            version = now;
        }
        List<ColumnShape> last = List.of();
        for (Mutation mutation : mutations) {
            List<ColumnShape> columns = columns(mutation);
            if (columns != last && !columns.isEmpty()) {
                check(new Written(mutation.table(), columns));
                last = columns;
            }
        }
    }

    private void check(Written written) throws SQLException {
        if (fitting.contains(written)) {
            return;
        }
        TableShape actual = catalog.read(session, written.table()).orElse(null);
        if (actual != null && !fits(written.columns(), actual)) {
            throw new SchemaMovedException(written.table(), null);
        }
        fitting.add(written);
    }

    private static boolean fits(List<ColumnShape> columns, TableShape actual) {
        Set<String> names = new HashSet<>();
        columns.forEach(column -> names.add(column.name()));
        for (ColumnShape column : columns) {
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

    private static List<ColumnShape> columns(Mutation mutation) {
        if (mutation instanceof Mutation.Insert insert) {
            return insert.columns();
        }
        if (mutation instanceof Mutation.Update update) {
            return update.columns();
        }
        return mutation instanceof Mutation.UpdateSelected update ? update.columns() : List.of();
    }
}
