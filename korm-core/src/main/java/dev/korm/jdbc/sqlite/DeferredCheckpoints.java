package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.text.Sql;
import java.sql.SQLException;
import java.util.List;

/**
 * The checkpoints that commits leave for later beside a reader that stays, where each would try one in vain. For whoever has the turn to write; {@link #catchUp} is for the reader.
 *
 * <p><b>Why.</b> A checkpoint cannot go beyond what the oldest reader sees. Behind a thousand pages of log SQLite tries one at each commit all the same,
 * and a try costs the more the longer the log is, where the reader began while the log was copied whole. The log grows beside such a reader with checkpoints as without: it begins anew only where nobody
 * reads it.
 *
 * <p><b>States.</b> Usual: SQLite checkpoints by itself. Deferred: it does not, from when a connection that reads was in use through {@value #PATIENCE} commits until every
 * such use is over. The state is assigned before the connection is told to defer, and after it was told not to, so a thread that fails in between
 * leaves what will be put right. It is a state of the connection alone: a program that ends, or another connection in its place, has the usual one.
 *
 * <p><b>Catching up.</b> A snapshot that others were deferred for makes a checkpoint by its own thread before it gives its connection back; what is left is the next commit's.
 * Readers of other processes and layers are not seen, and cost what they did.
 */
final class DeferredCheckpoints {
    /** Each of korm's commits writes about four pages, so the log is about as long as SQLite leaves it by itself. */
    static final int PATIENCE = 256;

    /** How many pages of log SQLite checkpoints at a commit without being asked; so many are left to it. */
    private static final int USUAL = 1000;

    /** Writers go on during a checkpoint; each round leaves less than the one before, unless they are faster. */
    private static final int ROUNDS = 4;

    private final ReaderPool readers;
    private boolean deferred;

    /** The number of commits at the last look. */
    private long seen;

    DeferredCheckpoints(ReaderPool readers) {
        this.readers = readers;
    }

    /** Notes that the connection is another one, which has the usual state. */
    void renewed() {
        deferred = false;
    }

    /** Returns whether the last look has left checkpoints for later. */
    boolean isDeferred() {
        return deferred;
    }

    /**
     * Looks who reads, and has the session, which is at rest, checkpoint accordingly.
     *
     * @return whether checkpoints are deferred and the log is to be given room, once in {@value #PATIENCE} commits
     */
    boolean look(Session session, long commits) {
        if (deferred && !readers.isHeld()) {
            deferred = !checkpointEvery(session, USUAL);
        }
        if (commits - seen < PATIENCE) {
            return false;
        }
        seen = commits;
        if (readers.mark() && !deferred) {
            deferred = true;
            checkpointEvery(session, 0);
        }
        return deferred;
    }

    private static boolean checkpointEvery(Session session, int pages) {
        try {
            return session.query(
                    new Sql("PRAGMA wal_autocheckpoint = " + pages, List.of()),
                    rows -> rows.next() && rows.getInt(1) == pages);
        } catch (SQLException e) {
            // Changes are slower, or the log is longer, until the next look.
            return false;
        }
    }

    /** Copies into the database what was left in the log, by a session that reads nothing any more. Waits for nobody, and nobody waits for it. */
    static void catchUp(Session session) throws SQLException {
        boolean more = true;
        for (int round = 0; more && round < ROUNDS; round++) {
            more = session.query(
                    new Sql("PRAGMA wal_checkpoint(PASSIVE)", List.of()),
                    rows -> rows.next() && rows.getInt(1) == 0 && rows.getInt(2) - rows.getInt(3) > USUAL);
        }
    }
}
