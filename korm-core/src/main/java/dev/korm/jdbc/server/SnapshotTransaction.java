package dev.korm.jdbc.server;

import dev.korm.jdbc.session.JdbcSnapshot;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.write.Catalog;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/** The transaction of a snapshot, on a session that is the snapshot's until it is closed. */
final class SnapshotTransaction implements JdbcSnapshot.Moment {
    private final ServerLayer layer;
    private final Session session;
    private final Dialect dialect;
    private final Catalog catalog;
    private final JdbcSnapshot snapshot;

    /** @param session with a transaction that sees one moment */
    SnapshotTransaction(ServerLayer layer, Session session, Dialect dialect, Catalog catalog) {
        this.layer = layer;
        this.session = session;
        this.dialect = dialect;
        this.catalog = catalog;
        this.snapshot = new JdbcSnapshot(layer.name(), session, this);
    }

    JdbcSnapshot snapshot() {
        return snapshot;
    }

    @Override
    public void check() {
        layer.sessions().check();
    }

    @Override
    public Dialect dialect(Selection selection) {
        return dialect;
    }

    @Override
    public ChangeFeed.Position position() throws SQLException {
        return layer.followedTables().now(session);
    }

    @Override
    public RuntimeException meaning(SQLException error) {
        return layer.meaning("Asking for the position of a snapshot", error);
    }

    @Override
    public Optional<TableSchema> read(TableName table) throws SQLException {
        return catalog.read(session, table);
    }

    @Override
    public ShownTable.Known shown() {
        return catalog.existing().shown();
    }

    @Override
    public void begin(PreparedStatement statement) throws SQLException {
        layer.begin(session, false);
        layer.fetch(statement, false);
    }

    @Override
    public Optional<RowCursor> residual(Selection selection) {
        return layer.residual(session, selection, error -> snapshot.failure(selection, error));
    }

    @Override
    public RuntimeException meaning(Selection selection, SQLException error) {
        return layer.meaning(selection, error);
    }

    @Override
    public void release() {
        layer.sessions().release(session);
    }
}
