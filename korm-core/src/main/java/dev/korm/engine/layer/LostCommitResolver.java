package dev.korm.engine.layer;

import dev.korm.KormException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.schema.SchemaMovedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what became of a batch whose answer was lost on the way back, as when a connection breaks after COMMIT was sent.
 *
 * <p>Success is told only on evidence that nobody else can have made:
 *
 * <ul>
 *   <li>A batch with a marker is decided by the marker alone. It is applied again, which its marker refuses when the first attempt
 *       succeeded. When it is refused for another reason the marker is forbidden, so that a first attempt that is still on its way
 *       comes too late.
 *   <li>A batch without one is decided by the rows that it was to write. One that carries the batch's token proves that all was
 *       applied. One that has the revision which the batch expects proves that nothing was applied yet, since no two states of an
 *       item have the same revision: then the batch is applied again, and of the two attempts the store lets one through. So does
 *       one that has the next revision with another's token, for good.
 *   <li>Everything else proves nothing. A row that is gone may have been deleted by somebody else, and one that is not there may have
 *       been inserted and deleted: to insert it again would bring it back. Then the loss is passed on as it is.
 * </ul>
 *
 * <p><b>Attempts.</b> A layer that lost one answer may lose the next, so there are {@value #ATTEMPTS}, with a pause between them that doubles. They
 * stop at once when the thread is interrupted, and when a failure says that no later attempt can do better. What ends in
 * nothing is told by the loss itself, with outcome unknown: another exception of korm's would be taken for "nothing happened". Used by the thread that wrote, which keeps what it holds (files, its turn) meanwhile.
 *
 * <p>Decides for one layer. Of a change of several, {@code engine.commit.CommitGroup} asks the coordinator's marker.
 */
final class LostCommitResolver {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.retry");

    private static final int ATTEMPTS = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private final OpenLayer layer;
    private final Environment environment;

    LostCommitResolver(OpenLayer layer, Environment environment) {
        this.layer = layer;
        this.environment = environment;
    }

    /** One attempt to find it out; empty where a later one may. */
    private interface Attempt {
        Optional<BatchResult> run();
    }

    /**
     * Returns what the answer would have been.
     *
     * @throws StoreException the loss itself, when nothing can be found out
     */
    BatchResult settle(Batch batch, StoreException lost) {
        if (batch.marker().isPresent()) {
            TransactionMarker marker = batch.marker().get();
            return settle(() -> byMarker(batch, marker), lost);
        }
        if (batch.token().isEmpty() || !layer.store().capabilities().has(Capabilities.Feature.TOKENS)) {
            throw lost;
        }
        BatchTraces traces = new BatchTraces(layer, batch);
        return settle(() -> byRows(batch, traces, lost), lost);
    }

    private BatchResult settle(Attempt attempt, StoreException lost) {
        LOG.warn(
                "The answer of the layer \"{}\" to a change was lost; korm finds out what became of it", layer.layer());
        Duration pause = FIRST_PAUSE;
        for (int attempts = 0; attempts < ATTEMPTS; attempts++) {
            try {
                Optional<BatchResult> result = attempt.run();
                if (result.isPresent()) {
                    return result.get();
                }
            } catch (StoreException again) {
                if (again == lost || !mayPass(again)) {
                    throw lost;
                }
                lost.addSuppressed(again);
            } catch (KormException | SchemaMovedException unseen) {
                // Whoever would make the change anew after these must not do it before this is known.
                lost.addSuppressed(unseen);
                throw lost;
            }
            pause(pause, lost);
            pause = pause.multipliedBy(2);
        }
        throw lost;
    }

    private static boolean mayPass(StoreException failure) {
        return failure.isRetryable() || failure.outcome() == Outcome.UNKNOWN;
    }

    private void pause(Duration pause, StoreException lost) {
        try {
            environment.sleep(pause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw lost;
        }
    }

    private Optional<BatchResult> byMarker(Batch batch, TransactionMarker marker) {
        BatchResult again = layer.store().apply(batch);
        if (!(again instanceof BatchResult.Refused refused) || refused.refusal() instanceof Refusal.Forbidden) {
            return Optional.of(again);
        }
        boolean applied =
                refused.isStored() || new TransactionMarkers(layer).forbid(marker) == TransactionMarker.State.APPLIED;
        return Optional.of(applied ? applied(batch, 0) : refused);
    }

    private Optional<BatchResult> byRows(Batch batch, BatchTraces traces, StoreException lost) {
        switch (traces.look()) {
            case APPLIED -> {
                return Optional.of(applied(batch, traces.selected()));
            }
            case NOT_APPLIED -> {
                BatchResult again = layer.store().apply(batch);
                return again instanceof BatchResult.Refused refused
                        ? afterRefusal(batch, refused, traces, lost)
                        : Optional.of(again);
            }
            case UNSEEN -> {
                return Optional.empty();
            }
            case NEVER_KNOWN -> throw lost;
        }
        throw new IllegalStateException("There are no other traces");
    }

    /** Returns a second attempt that was refused may have been so because of the first. */
    private Optional<BatchResult> afterRefusal(
            Batch batch, BatchResult.Refused refused, BatchTraces traces, StoreException lost) {
        return switch (traces.look()) {
            case APPLIED -> Optional.of(applied(batch, traces.selected()));
            // What is read may be behind what the refusal saw, as on another server of a cluster.
            case NOT_APPLIED -> traces.explain(refused) ? Optional.of(refused) : Optional.empty();
            case UNSEEN -> Optional.empty();
            case NEVER_KNOWN -> throw lost;
        };
    }

    /** @param selected how many rows a change of selected rows has left that nobody has changed since */
    private static BatchResult applied(Batch batch, long selected) {
        List<Long> rows = new ArrayList<>(batch.mutations().size());
        for (Mutation mutation : batch.mutations()) {
            if (mutation instanceof Mutation.UpdateSelected) {
                rows.add(selected);
            } else {
                rows.add(isGuard(mutation) || mutation instanceof Mutation.DeleteSelected ? 0L : 1L);
            }
        }
        return new BatchResult.Applied(rows);
    }

    private static boolean isGuard(Mutation mutation) {
        return mutation instanceof Mutation.RequireNone
                || mutation instanceof Mutation.RequireRevision
                || mutation instanceof Mutation.RequireFence;
    }
}
