package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.session.JdbcSnapshot;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/** The transaction of a snapshot, on a connection that it keeps. */
final class SnapshotTransaction implements JdbcSnapshot.Moment {
    private final SqliteReads reads;
    private final ReaderPool pool;
    private final ReaderPool.Lease lease;

    SnapshotTransaction(SqliteReads reads, ReaderPool pool, ReaderPool.Lease lease) {
        this.reads = reads;
        this.pool = pool;
        this.lease = lease;
    }

    @Override
    public void check() {
        reads.checkReady();
    }

    @Override
    public Dialect dialect(Selection selection) {
        return SqliteSelection.sumsWholeNumbers(selection) ? SqliteDialect.EXACT_SUMS : SqliteDialect.INSTANCE;
    }

    @Override
    public ChangeFeed.Position position() throws SQLException {
        return reads.notes().now(lease.session());
    }

    @Override
    public RuntimeException meaning(SQLException error) {
        return reads.translated("Asking for the position of a snapshot", error);
    }

    @Override
    public Optional<TableSchema> read(TableName table) throws SQLException {
        return reads.catalog().read(lease.session(), table);
    }

    @Override
    public ShownTable.Known shown() {
        return reads.catalog().existing().shown();
    }

    @Override
    public void begin(PreparedStatement statement) {
        // Rows come one by one.
    }

    @Override
    public RuntimeException meaning(Selection selection, SQLException error) {
        return reads.translated("Reading from table " + selection.from(), error);
    }

    @Override
    public void release() {
        boolean ended = false;
        try {
            lease.session().execute("ROLLBACK");
            ended = true;
            if (lease.isHeld()) {
                DeferredCheckpoints.catchUp(lease.session());
            }
        } catch (SQLException failed) {
            // Where the transaction goes on, whoever takes the place next opens another connection. A checkpoint that
            // failed is the next commit's.
        } finally {
            lease.torn |= !ended;
            lease.over = true;
            pool.passOn();
        }
    }
}
