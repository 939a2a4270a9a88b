package dev.korm.jdbc.sqlite;

import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.concurrent.CombiningQueue;
import dev.korm.jdbc.write.BatchWriter;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies batches to SQLite, those of one group in one transaction. Used by whoever has the turn of the {@link CombiningQueue}.
 *
 * <p><b>Steps of a group.</b> BEGIN; each batch under a savepoint of its own, so what is refused takes back only itself; COMMIT, with one sync
 * for all. A batch's result is <em>kept</em> when its savepoint is released, and <em>decided</em> when COMMIT has succeeded: until then
 * nobody is told anything. A batch that is alone and one statement is its own transaction.
 *
 * <p><b>When a group fails.</b> As a whole, as on a full disk: what was kept is forgotten and the batches stay undecided. Then the queue has each
 * applied by its own thread in a transaction of its own, so a batch that does not fit fails alone, with an exception of its own. Where
 * it is not known whether COMMIT happened, every batch of the group is told so, and none is applied again.
 *
 * <p><b>When the thread is struck by an {@link Error}</b>, the next with the turn settles the group ({@link #settle}): {@link #writing} says
 * whose batches the transaction was about, {@link WritingSession#examine} what came of it. A batch that is decided stays as it is.
 */
final class GroupCommit implements CombiningQueue.Worker<PendingBatch> {
    static final String WRITING = "Writing";

    private final SqliteErrors errors;
    private final WritingSession session;
    private final BatchWriter batches;

    /** Whose batches the session's transaction is about. Assigned before it begins; null when it is about none that was queued. */
    private @Nullable List<PendingBatch> writing;

    GroupCommit(SqliteErrors errors, WritingSession session, BatchWriter batches) {
        this.errors = errors;
        this.session = session;
        this.batches = batches;
    }

    @Override
    public void work(List<PendingBatch> group) {
        try {
            session.ready();
        } catch (StoreException | dev.korm.ClosedException ended) {
            for (PendingBatch pending : group) {
                RuntimeException why = session.whyEnded();
                pending.fail(why == null ? ended : why);
            }
            return;
        }
        writing = group;
        if (group.size() == 1) {
            applyAlone(group.get(0));
        } else {
            applyTogether(group);
        }
        writing = null;
    }

    @Override
    public void settle(List<PendingBatch> left) {
        List<PendingBatch> about = writing;
        if (about != null && !session.isAtRest()) {
            WritingSession.Left came = session.examine();
            for (PendingBatch pending : about) {
                if (pending.isDecided()) {
                    continue;
                }
                switch (came) {
                    case COMMITTED -> pending.decideAsKept();
                    case UNKNOWN -> pending.fail(leftUnknown());
                    case NOTHING -> pending.forget();
                }
            }
            session.renew();
        }
        writing = null;
    }

    @Override
    public boolean isDecided(PendingBatch pending) {
        return pending.isDecided();
    }

    private StoreException leftUnknown() {
        return new StoreException(
                errors.layer(),
                "Committing failed on " + errors.where()
                        + ": the thread that committed several changes at once failed in the"
                        + " middle of it, for want of stack or memory. The change may have happened or not",
                Outcome.UNKNOWN,
                null);
    }

    private void applyAlone(PendingBatch pending) {
        Batch batch = pending.batch();
        try {
            session.limit(pending.longest());
            pending.succeed(
                    isOneStatement(batch) ? applyAsStatement(batch) : applyInTransaction(batch, pending.longest()));
        } catch (RuntimeException | Error e) {
            pending.fail(e);
        }
    }

    /**
     * Checks whether the batch is one statement, which is a transaction by itself; SQLite begins and commits it at less
     * cost than two statements more.
     */
    private static boolean isOneStatement(Batch batch) {
        return batch.mutations().size() == 1 && batch.marker().isEmpty();
    }

    private BatchResult applyAsStatement(Batch batch) {
        session.useForStatement();
        batches.transactionBegins();
        try {
            BatchResult result = batches.apply(batch);
            if (result instanceof BatchResult.Applied) {
                session.statementCommitted();
            }
            session.rest();
            return result;
        } catch (SQLException e) {
            throw session.failure(WRITING, e, session.failedCommit(e));
        } catch (RuntimeException | Error e) {
            session.takeBack(e);
            throw e;
        }
    }

    private BatchResult applyInTransaction(Batch batch, Duration longest) {
        BatchResult result = applyInOpen(batch, longest);
        if (result instanceof BatchResult.Applied) {
            session.commitOrThrow();
        }
        return result;
    }

    /** Applies a batch in a transaction that stays open when it was applied; what is refused or fails ends it. */
    BatchResult applyInOpen(Batch batch, Duration longest) {
        begin(longest);
        return applyFurther(batch);
    }

    /** Begins a transaction. */
    void begin(Duration longest) {
        session.limit(longest);
        session.beginOrThrow();
        batches.transactionBegins();
    }

    /** Applies a batch in the transaction that is open; what is refused or fails ends it. */
    BatchResult applyFurther(Batch batch) {
        try {
            BatchResult result = batches.apply(batch);
            if (result instanceof BatchResult.Refused) {
                session.rollback();
            }
            return result;
        } catch (SQLException e) {
            session.rollback();
            throw session.failure(WRITING, e, Outcome.NOT_APPLIED);
        } catch (RuntimeException | Error e) {
            session.takeBack(e);
            throw e;
        }
    }

    private void applyTogether(List<PendingBatch> group) {
        try {
            session.begin();
        } catch (SQLException e) {
            for (PendingBatch pending : group) {
                pending.fail(session.failure(WritingSession.BEGINNING, e, Outcome.NOT_APPLIED));
            }
            return;
        }
        try {
            batches.transactionBegins();
            for (PendingBatch pending : group) {
                applyWithin(pending);
            }
        } catch (SQLException transactionLost) {
            // One of them made SQLite take back everything, such as a full disk.
            session.rollback();
            group.forEach(PendingBatch::forget);
            return;
        } catch (RuntimeException | Error e) {
            // Whose failure it is shows when each is applied by its own thread.
            session.takeBack(e);
            group.forEach(PendingBatch::forget);
            return;
        }
        try {
            session.commit();
        } catch (SQLException e) {
            commitFailed(group, e);
            return;
        }
        group.forEach(PendingBatch::decideAsKept);
        session.rest();
    }

    /** Handles a failed COMMIT, which the work of a single batch may have caused. */
    private void commitFailed(List<PendingBatch> group, SQLException e) {
        Outcome outcome = session.failedCommit();
        for (PendingBatch pending : group) {
            if (outcome == Outcome.UNKNOWN) {
                pending.fail(session.failure(WritingSession.COMMITTING, e, outcome));
            } else {
                pending.forget();
            }
        }
    }

    private void applyWithin(PendingBatch pending) throws SQLException {
        session.session().execute("SAVEPOINT korm_batch");
        boolean applied = false;
        session.limit(pending.longest());
        try {
            BatchResult result = batches.apply(pending.batch());
            applied = result instanceof BatchResult.Applied;
            pending.keep(result, null);
        } catch (SQLException e) {
            if (session.session().isBroken()) {
                throw e;
            }
            pending.keep(null, errors.translate(WRITING, e, Outcome.NOT_APPLIED));
        } catch (RuntimeException e) {
            pending.keep(null, e);
        }
        if (!applied) {
            session.session().execute("ROLLBACK TO korm_batch");
        }
        session.session().execute("RELEASE korm_batch");
    }
}
