package dev.korm.kalam.layer.ledger;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.kalam.error.KalamConflictException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.sql.KalamSql;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store: rows that change by commits, one after another.
 *
 * <p>A commit is one row of the ledger, inserted by one statement under the number behind the newest. The server lets one of those through who
 * insert a number, and it is all there or not at all, whatever the server does in the middle. Now and then whoever commits writes the newest versions of what
 * changed to the rows, where they are found by their ids; until then they are found in the ledger, which every reading looks at in the same request.
 * Nothing is ever updated, and nothing that counts is deleted. Safe for many threads.
 */
public final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.kalam.layer");
    private static final int LONGEST_TAIL = 64;
    private static final long LARGEST_TAIL = 400_000;
    private static final int ATTEMPTS = 4;
    /** Less than after how long versions are cleaned up. */
    public static final Duration LONGEST_SCAN = Duration.ofMinutes(30);

    private static final Duration LONGEST_PENDING = Duration.ofSeconds(45);
    private static final int MICROS = 1_000_000;

    private final String layer;
    private final LedgerTables tables;
    private final Environment environment;
    private final Cleaning cleaning;
    private final RowCache cache = new RowCache();
    private final Arrivals arrivals = new Arrivals();
    private volatile Head head = Head.NONE;
    private @Nullable String seen;
    private long seenSince;
    private @Nullable String left;

    /** Makes a store of a namespace of a server. */
    public Ledger(String layer, KalamSql sql, String namespace, Environment environment) {
        this.layer = layer;
        this.tables = new LedgerTables(layer, sql, namespace, environment);
        this.environment = environment;
        this.cleaning = new Cleaning(tables, environment);
    }

    /** The outcome of an attempt to commit. */
    public enum Appended {
        /** It is stored. */
        STORED,
        /** Another was stored in its place; look again. */
        MOVED,
        /** One of the rows that were not to be there may be; look at them. */
        PRESENT
    }

    /** Makes the tables where they are missing. */
    public void create(KalamSql owner, String kind) {
        calling("make its tables", () -> {
            tables.create(owner, kind);
            return true;
        });
    }

    /** Ends it: whoever asks from now on is told that the layer is closed. */
    public void close() {
        tables.close();
    }

    /** Returns the newest moment that is known here. */
    public Head known() {
        return head;
    }

    /** Returns the newest moment there is. */
    public Head refresh() {
        return calling("read the newest commits", this::refreshed);
    }

    private Head refreshed() {
        Head before = head;
        if (!before.isKnown()) {
            return load();
        }
        LedgerTables.CommitPage behind = tables.commits(before.number());
        // Who is so far behind that one answer does not hold it all begins with what is in the rows by now.
        return advance(behind.commits()) && behind.isWhole() ? head : load();
    }

    /** Returns the commits behind a number as they are in the ledger, in order, as many as one answer has. */
    public List<Commit> commits(long behind) {
        return calling("read its changes", () -> {
            List<Commit> found = tables.commits(behind).commits();
            advance(found);
            return found;
        });
    }

    /** Waits until a commit behind a number is known here; returns whether one is. */
    public boolean awaitCommit(long behind, long nanos) throws InterruptedException {
        return arrivals.await(behind, nanos);
    }

    /** Returns the number of the newest commit that was made before a moment, by the clocks of those who made them; 0 where there is none. */
    public long newestBefore(Instant moment) {
        return calling("look for commits", () -> tables.newestBefore(moment.toEpochMilli()));
    }

    /** Takes note that nobody is told any more of the commits up to one, so that they need not be kept for it. */
    public void forget(long upTo) {
        cleaning.forgotten(upTo);
    }

    /** Returns a word that no other ledger has: that of the first commit, which is made where there is none. */
    public String identity() {
        return calling("read its first commit", () -> {
            Commit first = tables.stub(1);
            while (first == null) {
                append(refreshed(), List.of(), List.of(), List.of());
                first = tables.stub(1);
            }
            return first.tx();
        });
    }

    /** Takes over commits that were read; false when some between are not among them any more. */
    private synchronized boolean advance(List<Commit> commits) {
        for (Commit commit : commits) {
            if (commit.number() > head.number()) {
                if (commit.number() != head.number() + 1 || commit.state() == Commit.State.CLEARED) {
                    return false;
                }
                Commit made = head.made(commit);
                head = head.after(commit);
                arrivals.arrived(commit.number());
                cleaning.announced(commit.merged());
                for (RowWrite write : made.writes().values()) {
                    cache.put(write.row(), write.data());
                }
            }
        }
        return true;
    }

    private Head load() {
        Head loaded = loaded();
        synchronized (this) {
            if (loaded.number() >= head.number()) {
                cache.clear();
                head = loaded;
                arrivals.arrived(loaded.number());
            }
            return head;
        }
    }

    private Head loaded() {
        long number = tables.newest();
        Commit last = number == 0 ? null : tables.stub(number);
        long merged = last == null ? 0 : last.merged();
        Map<String, StoredSchema> schemas = new HashMap<>();
        Head base = new Head(merged, merged, List.of(), Map.of(), null);
        TableScan stored = new TableScan(layer, tables, environment, base, RowKey.SCHEMAS);
        while (stored.hasNext()) {
            Entry each = stored.next();
            schemas.put(each.id(), StoredSchema.of(each.id(), each.data()));
        }
        Head loaded = new Head(merged, merged, List.of(), schemas, null);
        while (loaded.number() < number) {
            List<Commit> behind = tables.commits(loaded.number()).commits();
            if (behind.isEmpty() || behind.get(0).number() != loaded.number() + 1) {
                throw new dev.korm.StoreCorruptException(
                        layer,
                        "Layer \"" + layer + "\" cannot be read: commit " + (loaded.number() + 1)
                                + " is missing in its ledger. Restore a backup of the namespace",
                        Outcome.NOT_APPLIED,
                        null);
            }
            for (Commit commit : behind) {
                loaded = loaded.after(commit);
            }
        }
        return loaded;
    }

    /**
     * Rows as they are at a moment.
     *
     * @param at the moment
     * @param rows those that are there
     */
    public record Reading(Head at, Map<RowKey, RowData> rows) {}

    /** Returns rows as they are now, and the moment: one request for as many as {@value LedgerTables#MOST_ROWS}. */
    public Reading read(List<RowKey> keys) {
        return calling("read rows", () -> {
            if (!head.isKnown()) {
                load();
            }
            if (keys.isEmpty()) {
                return new Reading(refreshed(), Map.of());
            }
            List<RowKey> first = keys.subList(0, Math.min(keys.size(), LedgerTables.MOST_ROWS));
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Head before = head;
                LedgerTables.Answer answer = tables.read(first, before.number());
                Head at = before;
                boolean whole = answer.isWhole();
                for (Commit commit : answer.commits()) {
                    whole &= commit.number() == at.number() + 1 && commit.state() != Commit.State.CLEARED;
                    at = whole ? at.behind(commit) : at;
                }
                if (!whole) {
                    load();
                    continue;
                }
                advance(answer.commits());
                // What was merged meanwhile may have been read too early: the ledger of this request has it.
                Head view = at;
                Map<RowKey, RowData> rows = new HashMap<>();
                take(view, first, answer.versions(), rows);
                for (int i = first.size(); i < keys.size(); i += LedgerTables.MOST_ROWS) {
                    List<RowKey> next = keys.subList(i, Math.min(keys.size(), i + LedgerTables.MOST_ROWS));
                    take(view, next, tables.versions(next), rows);
                }
                return new Reading(view, rows);
            }
            throw new StoreBusyException(
                    layer,
                    "Layer \"" + layer + "\" cannot read rows: other programs commit faster than it reads. Try again",
                    Outcome.NOT_APPLIED,
                    null);
        });
    }

    /** Returns rows as they were at a moment, from memory where it has them. */
    public Map<RowKey, RowData> rows(Head at, List<RowKey> keys) {
        Map<RowKey, RowData> rows = new HashMap<>();
        List<RowKey> missing = new ArrayList<>();
        for (RowKey key : keys) {
            RowWrite write = at.write(key);
            RowCache.Found found = write == null ? cached(at, key) : new RowCache.Found(write.data());
            if (found == null) {
                missing.add(key);
            } else if (found.data() != null) {
                rows.put(key, found.data());
            }
        }
        return missing.isEmpty()
                ? rows
                : calling("read rows", () -> {
                    for (int i = 0; i < missing.size(); i += LedgerTables.MOST_ROWS) {
                        List<RowKey> next = missing.subList(i, Math.min(missing.size(), i + LedgerTables.MOST_ROWS));
                        take(at, next, tables.versions(next), rows);
                    }
                    return rows;
                });
    }

    private synchronized RowCache.@Nullable Found cached(Head at, RowKey key) {
        return at.number() == head.number() ? cache.get(key) : null;
    }

    /** Returns whether memory knows what a row is at a moment, or that it is not there. */
    public boolean knows(Head at, RowKey key) {
        return at.write(key) != null || cached(at, key) != null;
    }

    private void take(Head at, List<RowKey> keys, List<LedgerTables.Version> versions, Map<RowKey, RowData> rows) {
        Map<String, RowData> stored = new HashMap<>();
        NewestVersions newest = new NewestVersions(at.merged());
        for (LedgerTables.Version version : versions) {
            newest.add(version, stored);
        }
        newest.end(stored);
        for (RowKey key : keys) {
            RowWrite write = at.write(key);
            RowData data = write == null ? stored.get(key.prefix()) : write.data();
            if (data != null) {
                rows.put(key, data);
            }
            remember(at, key, data);
        }
    }

    private synchronized void remember(Head at, RowKey key, @Nullable RowData data) {
        if (at.number() < head.merged()) {
            return;
        }
        for (Commit commit : head.tail()) {
            if (commit.number() > at.number() && commit.writes().containsKey(key)) {
                return;
            }
        }
        cache.put(key, data);
    }

    /**
     * A row of a table.
     *
     * @param id its id
     * @param data its values
     */
    public record Entry(String id, RowData data) {}

    /** Returns all rows of a table as they were at a moment, in the order of their keys, asked for page by page. */
    public Iterator<Entry> rows(Head at, String table) {
        return new TableScan(layer, tables, environment, at, table);
    }

    /**
     * Stores what changes together, unless another commit came first.
     *
     * @param basis the moment that it was made for, with nothing pending
     * @param absent rows that must not have been there at that moment, at most {@value LedgerTables#MOST_ROWS}
     */
    public Appended append(Head basis, List<RowWrite> writes, List<Note> notes, List<RowKey> absent) {
        return append(basis, Commit.State.STORED, writes, notes, absent);
    }

    /** Stores what is to change together, so that {@link #decide} makes the changes or not, and nobody else any until then. */
    public Appended prepare(Head basis, List<RowWrite> writes, List<Note> notes, List<RowKey> absent) {
        return append(basis, Commit.State.PREPARED, writes, notes, absent);
    }

    /**
     * Decides on the commit that is prepared.
     *
     * @return false when somebody else has decided
     */
    public boolean decide(Head prepared, boolean isKept) {
        return append(prepared, isKept ? Commit.State.KEPT : Commit.State.DROPPED, List.of(), List.of(), List.of())
                == Appended.STORED;
    }

    private Appended append(
            Head basis, Commit.State state, List<RowWrite> writes, List<Note> notes, List<RowKey> absent) {
        Commit commit = new Commit(
                basis.number() + 1,
                word(),
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
            advance(List.of(commit));
            return Appended.STORED;
        } catch (KalamConflictException taken) {
            Appended outcome = taken(basis, commit, taken);
            if (outcome == Appended.MOVED) {
                dropParts(commit, text);
            }
            return outcome;
        } catch (KalamException failed) {
            if (!failed.mayHaveHappened()) {
                throw Failures.of(layer, "commit", Outcome.NOT_APPLIED, failed);
            }
            return settled(basis, commit, failed);
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

    private String word() {
        return new UUID(environment.random().nextLong(), environment.random().nextLong()).toString();
    }

    /**
     * Drops a commit that somebody has prepared and does not decide on, once it was seen for long or is known to be left.
     *
     * @return false while it may still be decided
     */
    public boolean dropPending(Head at) {
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
        return decide(at, false);
    }

    /** Remembers that nobody will decide on a commit, so that it is dropped with the next. */
    public synchronized void leave(Head prepared) {
        Commit pending = prepared.pending();
        left = pending == null ? left : pending.tx();
    }

    /** Finds out whose the commit is that has the number: another's, or this one, which something on the way may have sent twice. */
    private Appended taken(Head basis, Commit commit, KalamConflictException conflict) {
        try {
            refreshed();
            Commit there = head.tail().stream()
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
                            word(),
                            lost.merged(),
                            environment.clock().millis(),
                            state,
                            Map.of(),
                            List.of());
                    tables.append(barrier, Commit.text(List.of(), List.of()), List.of());
                    advance(List.of(barrier));
                    return Appended.MOVED;
                }
                refreshed();
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
    public void mergeSometimes() {
        Head now = head;
        if (now.pending() != null || (now.tail().size() < LONGEST_TAIL && now.tailSize() < LARGEST_TAIL)) {
            return;
        }
        try {
            tables.merge(now.newest());
            synchronized (this) {
                head = head.merged(now.number());
            }
            cleaning.some(now.tables().values().stream().anyMatch(StoredSchema::isFollowed));
        } catch (KalamException failed) {
            LOG.warn(
                    "Layer {}: commits could not be written to the rows; they stay in the ledger: {}",
                    layer,
                    failed.getMessage());
        }
    }

    /** Returns the server's time. */
    public Instant time() {
        long micros = calling("ask for the time", tables::time);
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1000L);
    }

    private <T> T calling(String attempt, Supplier<T> call) {
        try {
            return call.get();
        } catch (KalamException failed) {
            throw Failures.of(layer, attempt, Outcome.NOT_APPLIED, failed);
        }
    }
}
