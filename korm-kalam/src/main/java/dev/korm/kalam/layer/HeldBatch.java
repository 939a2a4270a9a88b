package dev.korm.kalam.layer;

import dev.korm.KormException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.kalam.layer.ledger.Head;
import dev.korm.kalam.layer.ledger.Ledger;
import dev.korm.spi.BatchResult;
import dev.korm.spi.PreparedBatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A batch that is in the ledger as prepared. The next commit of the ledger decides on it: this one's, or that of somebody who has waited for too long.
 */
final class HeldBatch implements PreparedBatch {
    private final String layer;
    private final Ledger ledger;
    private final Head prepared;
    private final BatchResult result;
    private final Runnable ended;
    private final AtomicBoolean finished;

    HeldBatch(String layer, Ledger ledger, Head prepared, BatchResult result, Runnable ended) {
        this.layer = layer;
        this.ledger = ledger;
        this.prepared = prepared;
        this.result = result;
        this.ended = ended;
        this.finished = new AtomicBoolean(result instanceof BatchResult.Refused);
    }

    @Override
    public BatchResult result() {
        return result;
    }

    @Override
    public void commit() {
        if (!finished.compareAndSet(false, true)) {
            throw new IllegalStateException("The batch is finished already");
        }
        // Who has begun may end, also when the thread is interrupted.
        boolean wasInterrupted = Thread.interrupted();
        try {
            if (!ledger.decide(prepared, true)) {
                throw new StoreBusyException(
                        layer,
                        "Layer \"" + layer
                                + "\" cannot commit a batch: it was prepared for so long that another program has dropped it. Try again",
                        Outcome.NOT_APPLIED,
                        null);
            }
            ledger.mergeSometimes();
        } finally {
            ended.run();
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void rollback() {
        if (!finished.compareAndSet(false, true)) {
            return;
        }
        boolean wasInterrupted = Thread.interrupted();
        try {
            ledger.decide(prepared, false);
        } catch (KormException away) {
            // It never happens: the next change of this program drops it, or one of another in a while.
            ledger.leave(prepared);
        } finally {
            ended.run();
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        rollback();
    }
}
