package dev.korm.jdbc.server;

import dev.korm.SchemaException;
import dev.korm.StoreException;
import dev.korm.jdbc.feed.ChangeNotes;
import dev.korm.jdbc.feed.ChangeSignal;
import dev.korm.jdbc.feed.FollowedTables;
import dev.korm.jdbc.feed.LogReader;
import dev.korm.jdbc.feed.NotedChanges;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.Sessions;
import dev.korm.jdbc.write.Catalog;
import dev.korm.spi.Capabilities;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows tables of a server, and reads the notes of their changes, or the log that tells of them. Safe for many threads. */
final class ServerFeed {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.layers");

    private final ServerLayer layer;
    private final Sessions sessions;
    private final FollowedTables tables;
    private final Catalog catalog;
    private final ChangeSignal signal;

    ServerFeed(ServerLayer layer, FollowedTables tables, Catalog catalog, ChangeSignal signal) {
        this.layer = layer;
        this.sessions = layer.sessions();
        this.tables = tables;
        this.catalog = catalog;
        this.signal = signal;
    }

    /** Returns whether changes of a table are noted as the table is now. */
    boolean isFollowed(TableSchema schema) {
        return sessions.run("Following table " + schema.table(), session -> tables.follows(session, schema));
    }

    /** Has changes of a table noted, within a change of the schema. */
    boolean follow(Session session, TableSchema schema) throws SQLException {
        catalog.lock(session);
        if (!tables.follows(session, schema)) {
            tables.follow(session, schema);
        }
        return true;
    }

    void follow(TableName table) {
        layer.log().ifPresent(LogReader::require);
        TableSchema schema = isOwn(table) ? evolved(table) : shown(table);
        if (!isFollowed(schema)) {
            layer.writer()
                    .changeSchema(
                            "Following table " + table,
                            session ->
                                    follow(session, catalog.read(session, table).orElse(schema)));
        }
        layer.log().ifPresent(LogReader::retain);
    }

    private boolean isOwn(TableName table) {
        return catalog.existing().shown().declared(table) == null;
    }

    /** Returns a table that korm did not make, and leaves as it is. */
    private TableSchema shown(TableName table) {
        return layer.describe(table)
                .orElseThrow(
                        () -> new SchemaException("Following " + table.namespace() + ":" + table.kind() + " in layer "
                                + layer.name() + " failed: its table is not there. Make it by your own migration"));
    }

    private TableSchema evolved(TableName table) {
        List<ColumnSchema> columns = new ArrayList<>();
        columns.add(new ColumnSchema(table.key(), ColumnKind.ID));
        columns.add(new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));
        columns.addAll(layer.notedColumns());
        return layer.evolve(new TableSchema(table, columns, List.of()), Set.of());
    }

    void unfollow(TableName table) {
        layer.writer().changeSchema("Following table " + table + " no more", session -> {
            catalog.lock(session);
            tables.unfollow(session, table);
            return true;
        });
    }

    void forget(Instant before, Collection<ChangeFeed.Position> needed) {
        if (layer.log().isPresent()) {
            layer.writer();
            layer.log().get().forget(before, needed);
            return;
        }
        layer.writer().changeSchema("Forgetting changes", session -> {
            if (notes().areThere(session)) {
                notes().forget(session, before.toEpochMilli(), needed);
            }
            return true;
        });
    }

    /** Returns what a reading of notes meant by a failure: where there are none any more, as after a reset, every position is lost. */
    private RuntimeException lostWith(StoreException failure) {
        boolean there = sessions.run("Reading changes", tables::areThere);
        return there ? failure : ChangeNotes.lost(layer.name());
    }

    ChangeFeed open(Optional<ChangeFeed.Position> from) {
        layer.log().ifPresent(LogReader::require);
        if (!sessions.run("Opening the feed", tables::areThere)) {
            layer.writer().changeSchema("Opening the feed", session -> {
                catalog.lock(session);
                tables.make(session);
                return true;
            });
        }
        if (layer.log().isPresent()) {
            return layer.log().get().open(from);
        }
        ChangeNotes notes = notes();
        ChangeFeed.Position begin = from.orElseGet(() -> reading("Opening the feed", notes::now));
        return new NotedChanges(
                layer.name(),
                begin,
                position -> {
                    try {
                        ChangeNotes.Page page = reading("Reading changes", session -> notes.after(session, position));
                        settle(page.next());
                        return page;
                    } catch (StoreException failure) {
                        throw lostWith(failure);
                    }
                },
                signal,
                this::tellNobody);
    }

    /** Has the database tell nobody for a while; where it does not let this layer say so, commits take a little longer. */
    private void tellNobody(Duration time) {
        if (layer.capabilities().access() != Capabilities.Access.READ_WRITE) {
            return;
        }
        try {
            sessions.run("Telling nobody of changes", session -> {
                notes().tellNobody(session, time);
                return true;
            });
        } catch (StoreException refused) {
            LOG.debug("Each commit to a followed table of layer {} is still told of", layer.name(), refused);
        }
    }

    /** Returns the tables, where their changes are noted. */
    private ChangeNotes notes() {
        if (tables instanceof ChangeNotes notes) {
            return notes;
        }
        throw new IllegalStateException("Changes are read from the log");
    }

    private void settle(ChangeFeed.Position position) {
        ChangeNotes notes = notes();
        if (layer.capabilities().access() == Capabilities.Access.READ_WRITE && notes.isUnsettled(position)) {
            sessions.run("Settling changes", session -> {
                notes.settle(session, position);
                return true;
            });
        }
    }

    private <T> T reading(String attempted, Sessions.Work<T> work) {
        return sessions.run(attempted, session -> {
            session.connection().setAutoCommit(false);
            layer.beginReadingNotes(session);
            return work.run(session);
        });
    }
}
