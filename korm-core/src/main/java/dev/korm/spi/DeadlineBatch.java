package dev.korm.spi;

import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.environment.Scheduler;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A prepared batch that is rolled back when it is not finished in time.
 *
 * <p>States: OPEN until one of three takes it: whoever commits it, whoever rolls it back, or the deadline. The others then do nothing, so
 * the batch is finished once.
 */
final class DeadlineBatch implements PreparedBatch {
    private final String layer;
    private final PreparedBatch batch;
    private final Duration deadline;
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private final Scheduler.Task end;

    private enum State {
        OPEN,
        FINISHED,
        EXPIRED
    }

    DeadlineBatch(String layer, PreparedBatch batch, Duration deadline, Scheduler scheduler) {
        this.layer = layer;
        this.batch = batch;
        this.deadline = deadline;
        this.end = scheduler.after(deadline, this::expire);
    }

    private void expire() {
        if (state.compareAndSet(State.OPEN, State.EXPIRED)) {
            batch.close();
        }
    }

    private boolean finish() {
        end.cancel();
        return state.compareAndSet(State.OPEN, State.FINISHED);
    }

    @Override
    public BatchResult result() {
        return batch.result();
    }

    @Override
    public void commit() {
        if (finish()) {
            try (PreparedBatch finished = batch) {
                finished.commit();
            }
            return;
        }
        if (state.get() == State.EXPIRED) {
            throw new StoreBusyException(
                    layer,
                    "Committing on layer " + layer
                            + " came too late: the transaction was open for longer than its deadline" + " of "
                            + deadline.toMillis() + " ms, and was rolled back. Make the change anew",
                    Outcome.NOT_APPLIED,
                    null);
        }
        throw new IllegalStateException("The transaction was finished already");
    }

    @Override
    public void rollback() {
        close();
    }

    @Override
    public void close() {
        if (finish()) {
            batch.close();
        }
    }
}
