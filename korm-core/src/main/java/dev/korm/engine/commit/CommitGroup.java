package dev.korm.engine.commit;

import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.concurrent.CombiningQueue;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.TransactionMarkers;
import dev.korm.recovery.IncompleteChangeException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.journal.JournalEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Commits changes of the same layers, those of one group in one transaction of each layer. For whoever has the {@link CombiningQueue}; see {@link
 * AtomicCommits} for the protocol.
 *
 * <p>A group is all or nothing. When it cannot be prepared as a whole, or fails, its changes stay undecided, and each is committed by its own thread
 * alone: so one that is refused or does not fit fails alone.
 */
final class CommitGroup implements CombiningQueue.Worker<PendingCommit> {
    /** How often a coordinator is asked what became of a commit whose answer was lost. */
    private static final int QUESTIONS = 6;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private final CommitLog log;
    private final Environment environment;
    private final Scheduler deadlines;
    private final Duration deadline;
    private final Followers followers;
    private final Unfinished unfinished;

    /** Transactions that are open, in the order of the parts. Of whoever has the turn; what an error leaves is closed by the next. */
    private final List<PreparedBatch> open = new ArrayList<>();

    /** Keeps what was decided and could not be finished. */
    interface Unfinished {
        void keep(String id, RedoRecord redo, List<Followers.Missing> missing);
    }

    /** @param deadline how long a prepared transaction may stay open */
    CommitGroup(
            CommitLog log,
            Environment environment,
            Scheduler deadlines,
            Duration deadline,
            Followers followers,
            Unfinished unfinished) {
        this.followers = followers;
        this.unfinished = unfinished;
        this.log = log;
        this.environment = environment;
        this.deadlines = deadlines;
        this.deadline = deadline;
    }

    @Override
    public boolean isDecided(PendingCommit pending) {
        return pending.isDecided();
    }

    @Override
    public void work(List<PendingCommit> group) {
        if (group.size() == 1) {
            alone(group.get(0));
        } else {
            together(group);
        }
        log.tidy();
    }

    /** Rolls back what an error of another thread left open. Whether one of its changes was decided, its own thread asks the coordinator. */
    @Override
    public void settle(List<PendingCommit> left) {
        rollBack(null);
    }

    private void together(List<PendingCommit> group) {
        try {
            List<PendingCommit> changes = new ArrayList<>(group);
            changes.removeIf(PendingCommit::reachedDecision);
            Refused refused = prepare(changes);
            while (refused != null) {
                rollBack(null);
                changes.remove(refused.index());
                refused = prepare(changes);
            }
            if (!changes.isEmpty()) {
                decide(changes);
            }
        } catch (RuntimeException | Error failed) {
            // Whose failure it is shows when each is committed alone.
            rollBack(failed);
        }
    }

    private void alone(PendingCommit pending) {
        try {
            if (pending.reachedDecision() && wasDecidedOrThrow(pending.change())) {
                follow(pending);
                return;
            }
            Refused refused = prepare(List.of(pending));
            if (refused == null) {
                decide(List.of(pending));
            } else {
                rollBack(null);
                pending.refuse(refused.layer(), refused.result());
            }
        } catch (RuntimeException | Error failed) {
            rollBack(failed);
            if (!pending.isDecided()) {
                pending.fail(failed);
            }
        }
    }

    /** @param index of the change that was refused, among those that were prepared together */
    private record Refused(int index, OpenLayer layer, BatchResult.Refused result) {}

    /** Applies the changes in one transaction of each layer that stays open; null when none was refused. */
    private @Nullable Refused prepare(List<PendingCommit> changes) {
        if (changes.isEmpty()) {
            return null;
        }
        List<LayerBatch> parts = changes.get(0).change().prepared();
        for (int part = 0; part < parts.size(); part++) {
            OpenLayer layer = parts.get(part).layer();
            List<Integer> starts = new ArrayList<>();
            PreparedBatch prepared = layer.prepare(merged(changes, part, starts), deadline, deadlines);
            open.add(prepared);
            if (prepared.result() instanceof BatchResult.Refused refused) {
                return refused(layer, refused, starts);
            }
        }
        open.add(open.remove(parts.indexOf(changes.get(0).change().coordinator())));
        return null;
    }

    /**
     * Returns the parts of all changes in one layer as one batch. The first change's marker is the batch's own, so the layer makes the table; the others'
     * are rows before their mutations.
     *
     * @param starts gets where the mutations of each change begin
     */
    private static Batch merged(List<PendingCommit> changes, int part, List<Integer> starts) {
        List<Mutation> all = new ArrayList<>();
        for (PendingCommit pending : changes) {
            AtomicChange change = pending.change();
            if (!starts.isEmpty()) {
                all.add(change.marker().insert());
            }
            starts.add(all.size());
            all.addAll(change.prepared().get(part).mutations());
        }
        return new Batch(all, Optional.of(changes.get(0).change().marker()));
    }

    private static Refused refused(OpenLayer layer, BatchResult.Refused refused, List<Integer> starts) {
        int index = 0;
        while (index + 1 < starts.size() && refused.mutation() >= starts.get(index + 1) - 1) {
            index++;
        }
        int own = refused.mutation() - starts.get(index);
        return new Refused(
                index, layer, new BatchResult.Refused(Math.max(own, BatchResult.Refused.MARKER), refused.refusal()));
    }

    /** Commits what is prepared: journal, coordinator, followers. */
    private void decide(List<PendingCommit> changes) {
        log.append(changes.stream()
                .map(pending -> new JournalEntry(
                        JournalEntry.Kind.PREPARED,
                        pending.change().id(),
                        RedoFormat.write(RedoRecord.of(pending.change()))))
                .toList());
        changes.forEach(PendingCommit::reachDecision);
        try (PreparedBatch coordinator = open.remove(open.size() - 1)) {
            coordinator.commit();
        } catch (RuntimeException failed) {
            if (!settled(changes, failed)) {
                return;
            }
        }
        finish(changes);
    }

    private static Outcome outcome(RuntimeException failed) {
        if (failed instanceof StoreException ofStore) {
            return ofStore.outcome();
        }
        return failed instanceof OperationInterruptedException interrupted ? interrupted.outcome() : Outcome.UNKNOWN;
    }

    /**
     * Finds out what became of the coordinator's commit after a failure. What did not happen is undecided in a group, and failed alone.
     *
     * @return whether it happened
     */
    private boolean settled(List<PendingCommit> changes, RuntimeException failed) {
        if (outcome(failed) == Outcome.UNKNOWN) {
            if (isStored(changes.get(0).change(), failed)) {
                return true;
            }
            rollBack(failed);
            changes.get(0).fail(notStored(changes.get(0).change(), failed));
        } else {
            rollBack(failed);
            if (changes.size() == 1) {
                changes.get(0).fail(failed);
            }
        }
        changes.stream().filter(PendingCommit::isDecided).forEach(pending -> log.finished(pending.change()));
        return false;
    }

    /** Forbids a change in the coordinator's layer, and returns whether that came too late: then it, and all that was committed with it, is stored. */
    private boolean isStored(AtomicChange change, RuntimeException lost) {
        Duration pause = FIRST_PAUSE;
        for (int i = 0; i < QUESTIONS; i++) {
            try {
                environment.sleep(pause);
                return new TransactionMarkers(change.coordinator().layer()).forbid(change.marker())
                        == TransactionMarker.State.APPLIED;
            } catch (StoreException again) {
                lost.addSuppressed(again);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw lost;
            }
            pause = pause.multipliedBy(2);
        }
        throw lost;
    }

    private static StoreException notStored(AtomicChange change, RuntimeException lost) {
        String layer = change.coordinator().layer().layer();
        return new StoreException(
                layer,
                "A change of the layers " + String.join(", ", change.layers())
                        + " was not stored in any of them: committing it on the layer \"" + layer
                        + "\" failed. Make it anew",
                Outcome.NOT_APPLIED,
                lost);
    }

    private static boolean wasDecidedOrThrow(AtomicChange change) {
        try {
            return wasDecided(change);
        } catch (RuntimeException unanswered) {
            String layer = change.coordinator().layer().layer();
            throw new StoreException(
                    layer,
                    "Whether a change of the layers " + String.join(", ", change.layers())
                            + " was stored is not known: committing it on the layer \"" + layer
                            + "\" failed, and the layer cannot be asked. It is in none of them or will be in all of them;"
                            + " the next opening of the pool settles it",
                    Outcome.UNKNOWN,
                    unanswered);
        }
    }

    private static boolean wasDecided(AtomicChange change) {
        TransactionMarker marker = new TransactionMarkers(change.coordinator().layer())
                .find(change.id()::equals)
                .get(change.id());
        return marker != null && marker.state() == TransactionMarker.State.APPLIED;
    }

    /** Commits the followers of what is decided. */
    private void finish(List<PendingCommit> changes) {
        boolean all = true;
        while (!open.isEmpty()) {
            all &= committed(open.remove(open.size() - 1));
        }
        for (PendingCommit pending : changes) {
            if (all) {
                stored(pending);
            } else {
                follow(pending);
            }
        }
    }

    private static boolean committed(PreparedBatch prepared) {
        try (PreparedBatch follower = prepared) {
            follower.commit();
            return true;
        } catch (KormException late) {
            // What is decided is made again, and the marker tells whether that is needed.
            return false;
        }
    }

    /** Makes the parts of a decided change that are missing. */
    private void follow(PendingCommit pending) {
        AtomicChange change = pending.change();
        RedoRecord redo = RedoRecord.of(change);
        List<Followers.Missing> missing = followers
                .follow(List.of(new Followers.Decided(change.id(), redo)))
                .getOrDefault(change.id(), List.of());
        if (missing.isEmpty()) {
            stored(pending);
        } else {
            unfinished.keep(change.id(), redo, missing);
            pending.fail(incomplete(change, missing));
        }
    }

    private static IncompleteChangeException incomplete(AtomicChange change, List<Followers.Missing> missing) {
        List<String> without =
                missing.stream().map(each -> each.report().layer()).toList();
        boolean quarantined = missing.stream().anyMatch(each -> each.failure() == null);
        return new IncompleteChangeException(
                "The change " + change.id() + " of the layers " + String.join(", ", change.layers())
                        + " was decided, and is not in " + String.join(", ", without)
                        + (quarantined
                                ? ", since others have changed the same items meanwhile. Do not make it again: look at"
                                        + " pool.recovery().quarantined() and decide"
                                : " yet. Do not make it again: pool.recovery().retry(), or the next opening of the pool, finishes it"),
                change.id(),
                without,
                missing.get(0).failure());
    }

    private void stored(PendingCommit pending) {
        for (LayerBatch part : pending.change().parts()) {
            part.layer().takeNote(part.mutations());
        }
        pending.succeed(new BatchResult.Applied(List.of()));
        if (pending.change().ending() == AtomicCommits.Ending.BY_COMMIT) {
            log.finished(pending.change());
        }
    }

    /** Rolls back all that is prepared. */
    private void rollBack(@Nullable Throwable reason) {
        for (PreparedBatch prepared : open) {
            try {
                prepared.close();
            } catch (RuntimeException | Error alsoFailed) {
                if (reason != null && reason != alsoFailed) {
                    reason.addSuppressed(alsoFailed);
                }
            }
        }
        open.clear();
    }
}
