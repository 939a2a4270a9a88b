package dev.korm.kalam.layer.ledger;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.kalam.error.KalamConflictException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.layer.ledger.Ledger.Appended;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing of commits: an attempt to insert one, the finding out of what became of it, the decision on one that is prepared, and the copying of what was committed to the
 * rows. Safe for many threads, of which the store lets one through for each number.
 */
final class Committing {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.kalam.layer");
    private static final int LONGEST_TAIL = 64;
    private static final long LARGEST_TAIL = 400_000;
    private static final int ATTEMPTS = 4;
    private static final Duration LONGEST_PENDING = Duration.ofSeconds(45);

    private final String layer;
    private final LedgerTables tables;
    private final Environment environment;
    private final NewestMoment newest;
    private final Cleaning cleaning;
    private @Nullable String seen;
    private long seenSince;
    private @Nullable String left;

    Committing(String layer, LedgerTables tables, Environment environment, NewestMoment newest, Cleaning cleaning) {
        this.layer = layer;
        this.tables = tables;
        this.environment = environment;
        this.newest = newest;
        this.cleaning = cleaning;
    }

    /** Inserts a commit behind a moment, unless another came first. */
    Appended append(Head basis, Commit.State state, List<RowWrite> writes, List<Note> notes, List<RowKey> absent) {
        Commit commit = new Commit(
                basis.number() + 1,
                word(basis.number() + 1),
                basis.merged(),
                environment.clock().millis(),
                state,
                Commit.byRow(writes),
                notes);
        String text = Commit.text(writes, notes);
        try {
            if (!tables.append(commit, text, absent)) {
                dropParts(commit, text);
                return Appended.PRESENT;
            }
            newest.advance(List.of(commit));
            return Appended.STORED;
        } catch (KalamConflictException taken) {
            Appended outcome = taken(basis, commit, taken);
            if (outcome == Appended.MOVED) {
                dropParts(commit, text);
            }
            return outcome;
        } catch (KalamException failed) {
            if (!failed.mayHaveHappened()) {
                dropParts(commit, text);
                throw Failures.of(layer, "commit", Outcome.NOT_APPLIED, failed);
            }
            Appended outcome = settled(basis, commit, failed);
            if (outcome == Appended.MOVED) {
                dropParts(commit, text);
            }
            return outcome;
        }
    }

    /** Deletes the parts of what is no commit and never will be. What fails is made up for later. */
    private void dropParts(Commit never, String text) {
        if (!LedgerTables.isParted(text)) {
            return;
        }
        try {
            tables.deleteParts(never.tx());
        } catch (KalamException failed) {
            LOG.debug("Layer {}: the parts of what was not committed are left for later", layer, failed);
        }
    }

    private String word(long number) {
        return Commit.word(
                number,
                new UUID(environment.random().nextLong(), environment.random().nextLong()));
    }

    /**
     * Drops a commit that somebody has prepared and does not decide on, once it was seen for long or is known to be left.
     *
     * @return false while it may still be decided
     */
    boolean dropPending(Head at) {
        Commit pending = at.pending();
        if (pending == null) {
            return true;
        }
        synchronized (this) {
            if (!pending.tx().equals(seen)) {
                seen = pending.tx();
                seenSince = environment.nanoTime();
            }
            if (!pending.tx().equals(left) && environment.nanoTime() - seenSince < LONGEST_PENDING.toNanos()) {
                return false;
            }
        }
        return append(at, Commit.State.DROPPED, List.of(), List.of(), List.of()) == Appended.STORED;
    }

    /** Remembers that nobody will decide on a commit, so that it is dropped with the next. */
    synchronized void leave(Head prepared) {
        Commit pending = prepared.pending();
        left = pending == null ? left : pending.tx();
    }

    /** Finds out whose the commit is that has the number: another's, or this one, which something on the way may have sent twice. */
    private Appended taken(Head basis, Commit commit, KalamConflictException conflict) {
        try {
            newest.refreshed();
            Commit there = newest.known().tail().stream()
                    .filter(each -> each.number() == commit.number())
                    .findFirst()
                    .orElseGet(() -> tables.stub(commit.number()));
            return there != null && there.tx().equals(commit.tx()) ? Appended.STORED : Appended.MOVED;
        } catch (KalamException unanswered) {
            return settled(basis, commit, conflict);
        }
    }

    /**
     * Finds out whether a commit is stored whose answer was lost: it is, or its number is given to an empty one, after which it never will be.
     */
    private Appended settled(Head basis, Commit lost, KalamException failure) {
        KalamException last = failure;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                if (attempt > 0) {
                    environment.sleep(Duration.ofMillis(50L << attempt));
                }
                Commit there = tables.stub(lost.number());
                if (there == null) {
                    Commit.State state = basis.pending() == null ? Commit.State.STORED : Commit.State.DROPPED;
                    Commit barrier = new Commit(
                            lost.number(),
                            word(lost.number()),
                            lost.merged(),
                            environment.clock().millis(),
                            state,
                            Map.of(),
                            List.of());
                    tables.append(barrier, Commit.text(List.of(), List.of()), List.of());
                    newest.advance(List.of(barrier));
                    return Appended.MOVED;
                }
                newest.refreshed();
                return there.tx().equals(lost.tx()) ? Appended.STORED : Appended.MOVED;
            } catch (KalamException again) {
                last = again;
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException("A commit on layer " + layer, Outcome.UNKNOWN, stop);
            }
        }
        throw Failures.of(layer, "find out whether a commit is stored", Outcome.UNKNOWN, last);
    }

    /** Writes what was committed to the rows, when there is much of it. What fails is made up for later. */
    void mergeSometimes() {
        Head now = newest.known();
        if (now.pending() != null || (now.tail().size() < LONGEST_TAIL && now.tailSize() < LARGEST_TAIL)) {
            return;
        }
        try {
            tables.merge(now.newest());
            newest.merged(now.number());
            cleaning.some(now.number(), now.tables().values().stream().anyMatch(StoredSchema::isFollowed));
        } catch (KalamException failed) {
            LOG.warn(
                    "Layer {}: commits could not be written to the rows; they stay in the ledger: {}",
                    layer,
                    failed.getMessage());
        }
    }
}
