package dev.korm.wal.run;

import dev.korm.depot.DepotException;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.wal.format.StoredEntry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The logs of runs that are over, and what is unfinished in them.
 *
 * <p>The logs are read from the first entry to the last with an index of the changes that are unfinished so far, which holds as many as were
 * ever in flight at once. Should those be more than {@value #MOST_INDEXED}, they are parted by the hashes of their ids, and the logs are
 * read once for each part: so memory is bounded, whatever the logs hold.
 */
public final class TakenRuns implements UnfinishedEntries {
    public static final int MOST_INDEXED = 65_536;

    private static final int DEEPEST = 24;

    private final String place;
    /** In the order in which they hold. */
    private final List<TakenLog> logs;

    private final Set<String> runs = new LinkedHashSet<>();
    private final Limits limits;
    /** Says whether the present run has appended anything, which may be about changes in these logs. */
    private final BooleanSupplier appended;

    /** Run when the logs are gone for good. */
    private final Runnable gone;

    private final Deque<Part> parts = new ArrayDeque<>();
    private Iterator<Found> found = List.<Found>of().iterator();

    /** The changes whose ids' hashes have these lowest bits. */
    private record Part(int bits, int value) {
        boolean has(String change) {
            return (hash(change) & ((1 << bits) - 1)) == value;
        }

        private static int hash(String change) {
            int hash = change.hashCode() * 0x9E3779B9;
            return hash ^ (hash >>> 15);
        }
    }

    private record Found(int log, StoredEntry entry) {}

    /** There are more changes in a part than may be indexed. */
    private static final class TooManyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyException() {
            super(null, null, false, false);
        }
    }

    /** @param mostIndexed how many unfinished changes are looked for at once */
    public record Limits(int mostIndexed, Steps steps) {}

    public TakenRuns(
            String place, List<? extends TakenLog> logs, Limits limits, BooleanSupplier appended, Runnable gone)
            throws IOException {
        this.place = place;
        this.logs = new ArrayList<>(logs);
        this.limits = limits;
        this.appended = appended;
        this.gone = gone;
        this.logs.sort(Comparator.comparingLong(TakenLog::epoch));
        if (limits.steps().skip(Steps.Shortcut.RUNS_READ_IN_ANY_ORDER)) {
            this.logs.sort(Comparator.comparing(TakenLog::run));
        }
        this.logs.stream().filter(TakenLog::isOver).forEach(log -> runs.add(log.run()));
        parts.push(new Part(0, 0));
        // Read now, so that damage is known before anything is settled.
        readNextPart();
    }

    /** Returns an epoch above those of all these runs. */
    public long nextEpoch() {
        return logs.stream().mapToLong(TakenLog::epoch).max().orElse(0) + 1;
    }

    @Override
    public Set<String> runs() {
        return new LinkedHashSet<>(runs);
    }

    @Override
    public Optional<JournalEntry> next() {
        try {
            while (!found.hasNext() && !parts.isEmpty()) {
                readNextPart();
            }
            if (!found.hasNext()) {
                return Optional.empty();
            }
            Found next = found.next();
            return Optional.of(logs.get(next.log()).read(next.entry()));
        } catch (IOException | DepotException failed) {
            throw WalFailures.reading(place, failed);
        }
    }

    private void readNextPart() throws IOException {
        Part part = parts.pop();
        Map<String, Found> unfinished = new HashMap<>();
        try {
            for (int i = 0; i < logs.size(); i++) {
                int log = i;
                logs.get(i).scan(entry -> {
                    if (part.has(entry.change())) {
                        note(entry, log, unfinished, part);
                    }
                });
            }
        } catch (TooManyException more) {
            parts.push(new Part(part.bits() + 1, part.value() | (1 << part.bits())));
            parts.push(new Part(part.bits() + 1, part.value()));
            return;
        }
        List<Found> ordered = new ArrayList<>(unfinished.values());
        ordered.sort(Comparator.comparingInt(Found::log)
                .thenComparingLong(each -> each.entry().segment())
                .thenComparingLong(each -> each.entry().offset()));
        found = ordered.iterator();
    }

    private void note(StoredEntry entry, int log, Map<String, Found> unfinished, Part part) {
        if (entry.kind() == Kind.DONE) {
            unfinished.remove(entry.change());
        } else {
            unfinished.put(entry.change(), new Found(log, entry));
            if (unfinished.size() > limits.mostIndexed() && part.bits() < DEEPEST) {
                throw new TooManyException();
            }
        }
    }

    @Override
    public void forget() {
        try {
            // The first run first: what a later run says of a change must not go before what it is said about.
            List<TakenLog> ordered = new ArrayList<>(logs);
            if (limits.steps().skip(Steps.Shortcut.RETIRED_LAST_RUN_FIRST)) {
                Collections.reverse(ordered);
            }
            for (TakenLog log : ordered) {
                log.retire();
                logs.remove(log);
            }
            parts.clear();
            found = List.<Found>of().iterator();
            gone.run();
        } catch (IOException | DepotException failed) {
            throw WalFailures.forgetting(place, failed);
        }
    }

    /**
     * Gives the logs to the next run: at once, or, when the present run has appended anything, with its own log when it ends, since nobody may read
     * the one without the other.
     */
    @Override
    public void close() {
        if (!appended.getAsBoolean()) {
            release();
        }
    }

    /** Returns whether nothing is left of the logs. */
    public boolean isGone() {
        return logs.isEmpty();
    }

    /** Gives up the logs. */
    public void release() {
        Exception failure = null;
        for (TakenLog log : logs) {
            try {
                log.release();
            } catch (IOException | DepotException failed) {
                failure = failed;
            }
        }
        logs.clear();
        parts.clear();
        found = List.<Found>of().iterator();
        if (failure != null) {
            throw WalFailures.reading(place, failure);
        }
    }
}
