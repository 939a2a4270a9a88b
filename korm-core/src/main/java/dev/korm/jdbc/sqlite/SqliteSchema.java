package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.session.Session;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The shapes of tables, remembered as long as the database says that its schema has not changed. Safe for many threads. */
final class SqliteSchema {
    private final SqliteCatalog catalog;
    private volatile Snapshot snapshot = new Snapshot(-1);

    SqliteSchema(SqliteCatalog catalog) {
        this.catalog = catalog;
    }

    /** Returns the known schema; another object as soon as it may have changed. */
    Snapshot snapshot() {
        return snapshot;
    }

    /** Returns the table as it is now. */
    Optional<TableSchema> describe(Session session, TableName table) throws SQLException {
        Snapshot current = refresh(session);
        if (!current.knows(table)) {
            current.tables.put(table, catalog.read(session, table));
        }
        return current.schema(table);
    }

    /** Forgets everything, since a table is shown otherwise than before. */
    void forget() {
        snapshot = new Snapshot(-1);
    }

    /** Forgets everything if the schema changed, by whichever program. */
    Snapshot refresh(Session session) throws SQLException {
        long version = SqliteCatalog.schemaVersion(session);
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
        private final Map<TableName, Optional<TableSchema>> tables = new ConcurrentHashMap<>();

        Snapshot(long version) {
            this.version = version;
        }

        /** Returns whether somebody looked for the table already. */
        boolean knows(TableName table) {
            return tables.containsKey(table);
        }

        /** Returns the shape of a table that is known; empty when there was no such table. */
        Optional<TableSchema> schema(TableName table) {
            return tables.getOrDefault(table, Optional.empty());
        }
    }
}
