package dev.korm.jdbc;

import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The shapes of tables, remembered as long as the database says that its schema has not changed. Safe for many threads. */
final class SqliteSchema {
    private final SqliteCatalog catalog;
    private volatile Snapshot snapshot = new Snapshot(-1);

    SqliteSchema(SqliteCatalog catalog) {
        this.catalog = catalog;
    }

    /** What is known; another object as soon as it may be something else. */
    Snapshot snapshot() {
        return snapshot;
    }

    /** The table as it is now. */
    Optional<TableShape> describe(Session session, TableName table) throws SQLException {
        Snapshot current = refresh(session);
        Optional<TableShape> known = current.tables.get(table);
        if (known == null) {
            known = catalog.read(session, table);
            current.tables.put(table, known);
        }
        return known;
    }

    /** Forgets everything if the schema changed, by whichever program. */
    Snapshot refresh(Session session) throws SQLException {
        long version = SqliteCatalog.version(session);
        Snapshot current = snapshot;
        if (current.version != version) {
            current = new Snapshot(version);
            snapshot = current;
        }
        return current;
    }

    /** Tables as they were at one version of the schema. */
    static final class Snapshot {
        private final long version;
        private final Map<TableName, Optional<TableShape>> tables = new ConcurrentHashMap<>();

        Snapshot(long version) {
            this.version = version;
        }

        /** The table's shape, empty when there was no such table; null when nobody looked yet. */
        @Nullable Optional<TableShape> known(TableName table) {
            return tables.get(table);
        }
    }
}
