package dev.korm.jdbc.server;

import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.Sessions;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.write.Catalog;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The tables of a layer as they were last seen. Safe for many threads. */
final class KnownTables {
    private final String layer;
    private final Sessions sessions;
    private final Catalog catalog;

    /** Shapes by which statements were written; one that has its revision column stays good enough for that. */
    private final Map<TableName, TableSchema> known = new ConcurrentHashMap<>();

    KnownTables(String layer, Sessions sessions, Catalog catalog) {
        this.layer = layer;
        this.sessions = sessions;
        this.catalog = catalog;
    }

    /** Returns the tables as statements within a transaction see them. */
    TableSources sources(Session session) {
        return new TableSources(
                layer, table -> schema(session, table), catalog.existing().shown());
    }

    TableSources sources() {
        return new TableSources(
                layer,
                table -> remembered(table).or(() -> describe(table)),
                catalog.existing().shown());
    }

    /** Asks for a table as it is now. */
    Optional<TableSchema> describe(TableName table) {
        Optional<TableSchema> schema =
                sessions.run("Describing table " + table, session -> catalog.read(session, table));
        remember(table, schema);
        return schema;
    }

    void remember(TableName table, Optional<TableSchema> schema) {
        if (schema.isPresent()) {
            known.put(table, schema.get());
        } else {
            known.remove(table);
        }
    }

    private Optional<TableSchema> schema(Session session, TableName table) {
        return remembered(table).or(() -> {
            try {
                return catalog.read(session, table);
            } catch (SQLException e) {
                throw sessions.errors().translate("Describing table " + table, e, Outcome.NOT_APPLIED);
            }
        });
    }

    private Optional<TableSchema> remembered(TableName table) {
        return Optional.ofNullable(known.get(table)).filter(schema -> schema.has(TableName.REVISION));
    }
}
