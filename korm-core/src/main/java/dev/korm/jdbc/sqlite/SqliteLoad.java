package dev.korm.jdbc.sqlite;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A load: one transaction, whose thread has the turn until it has ended. Meanwhile SQLite keeps more pages in memory, since those of an index by random keys are changed again and again, and each is written once
 * in the end instead of whenever there is no room for it. For one thread.
 */
final class SqliteLoad implements RowLoad {
    private static final int TOGETHER = 1000;

    /** The memory for pages, in kilobytes; outside of the heap. */
    private static final int CACHE = 64 * 1024;

    /** The memory that SQLite takes by itself. */
    private static final int USUAL = 2000;

    private final WritingSession session;
    private final GroupCommit commits;
    private final Runnable turn;
    private final Runnable committed;
    private final TableName table;
    private final List<ColumnSchema> columns;
    private final List<Mutation> waiting = new ArrayList<>(TOGETHER);
    private boolean open = true;

    /**
     * @param turn gives the turn back
     * @param committed is run when the rows can be seen
     */
    SqliteLoad(
            WritingSession session,
            GroupCommit commits,
            Runnable turn,
            TableName table,
            List<ColumnSchema> columns,
            Runnable committed) {
        this.committed = committed;
        this.session = session;
        this.commits = commits;
        this.turn = turn;
        this.table = table;
        this.columns = List.copyOf(columns);
    }

    /** Begins the transaction. */
    SqliteLoad begin() {
        cache(CACHE);
        boolean begun = false;
        try {
            commits.begin(Duration.ZERO);
            begun = true;
        } finally {
            if (!begun) {
                cache(USUAL);
            }
        }
        return this;
    }

    private void cache(int kilobytes) {
        try {
            session.session().execute("PRAGMA cache_size = -" + kilobytes);
        } catch (SQLException e) {
            // It is slower without.
        }
    }

    @Override
    public boolean add(String id, @Nullable Object[] values) {
        waiting.add(new Mutation.Insert(table, id, columns, Row.of(values)));
        return waiting.size() < TOGETHER || send();
    }

    private boolean send() {
        if (!open) {
            throw new IllegalStateException("The load has ended");
        }
        if (waiting.isEmpty()) {
            return true;
        }
        boolean applied = false;
        try {
            applied = commits.applyFurther(Batch.of(waiting)) instanceof BatchResult.Applied;
        } finally {
            waiting.clear();
            if (!applied) {
                // Nothing is open any more.
                end();
            }
        }
        return applied;
    }

    @Override
    public boolean commit() {
        if (!send()) {
            return false;
        }
        try {
            session.checkOpen();
            session.commitOrThrow();
        } finally {
            end();
        }
        committed.run();
        return true;
    }

    private void end() {
        open = false;
        try {
            if (session.isAtRest()) {
                cache(USUAL);
            }
        } finally {
            turn.run();
        }
    }

    @Override
    public void close() {
        if (open) {
            try {
                session.rollback();
            } finally {
                end();
            }
        }
    }
}
