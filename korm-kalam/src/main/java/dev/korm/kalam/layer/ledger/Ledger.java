package dev.korm.kalam.layer.ledger;

import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
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
import java.util.function.Supplier;

/**
 * The store: rows that change by commits, one after another.
 *
 * <p>A commit is one row of the ledger, inserted by one statement under the number behind the newest. The server lets one of those through who
 * insert a number, and it is all there or not at all, whatever the server does in the middle. Now and then whoever commits writes the newest versions of what
 * changed to the rows, where they are found by their ids; until then they are found in the ledger, which every reading looks at in the same request.
 * Nothing is ever updated, and nothing that counts is deleted. Safe for many threads.
 */
public final class Ledger {
    private static final int ATTEMPTS = 4;
    /** Less than after how long versions are cleaned up. */
    public static final Duration LONGEST_SCAN = Duration.ofMinutes(30);

    private static final int MICROS = 1_000_000;

    private final String layer;
    private final LedgerTables tables;
    private final Environment environment;
    private final Cleaning cleaning;
    private final NewestMoment newest;
    private final Committing committing;

    /** Makes a store of a namespace of a server. */
    public Ledger(String layer, KalamSql sql, String namespace, Environment environment) {
        this.layer = layer;
        this.tables = new LedgerTables(layer, sql, namespace, environment);
        this.environment = environment;
        this.cleaning = new Cleaning(tables, environment);
        this.newest = new NewestMoment(layer, tables, environment, cleaning);
        this.committing = new Committing(layer, tables, environment, newest, cleaning);
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
        return newest.known();
    }

    /** Returns the newest moment there is. */
    public Head refresh() {
        return calling("read the newest commits", newest::refreshed);
    }

    /** Returns the commits behind a number as they are in the ledger, in order, as many as one answer has. */
    public List<Commit> commits(long behind) {
        return calling("read its changes", () -> {
            List<Commit> found = tables.commits(behind).commits();
            newest.advance(found);
            return found;
        });
    }

    /** Waits until a commit behind a number is known here; returns whether one is. */
    public boolean awaitCommit(long behind, long nanos) throws InterruptedException {
        return newest.awaitCommit(behind, nanos);
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
                append(newest.refreshed(), List.of(), List.of(), List.of());
                first = tables.stub(1);
            }
            return first.tx();
        });
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
            if (!newest.known().isKnown()) {
                newest.load();
            }
            if (keys.isEmpty()) {
                return new Reading(newest.refreshed(), Map.of());
            }
            List<RowKey> first = keys.subList(0, Math.min(keys.size(), LedgerTables.MOST_ROWS));
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Head before = newest.known();
                LedgerTables.Answer answer = tables.read(first, before.number());
                Head at = before;
                boolean whole = answer.isWhole();
                for (Commit commit : answer.commits()) {
                    whole &= commit.number() == at.number() + 1 && commit.state() != Commit.State.CLEARED;
                    at = whole ? at.behind(commit) : at;
                }
                if (!whole) {
                    newest.load();
                    continue;
                }
                newest.advance(answer.commits());
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
            RowCache.Found found = write == null ? newest.cached(at, key) : new RowCache.Found(write.data());
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

    /** Returns whether memory knows what a row is at a moment, or that it is not there. */
    public boolean knows(Head at, RowKey key) {
        return at.write(key) != null || newest.cached(at, key) != null;
    }

    private void take(Head at, List<RowKey> keys, List<LedgerTables.Version> versions, Map<RowKey, RowData> rows) {
        Map<String, RowData> stored = new HashMap<>();
        NewestVersions versionsOf = new NewestVersions(at.merged());
        for (LedgerTables.Version version : versions) {
            versionsOf.add(version, stored);
        }
        versionsOf.end(stored);
        for (RowKey key : keys) {
            RowWrite write = at.write(key);
            RowData data = write == null ? stored.get(key.prefix()) : write.data();
            if (data != null) {
                rows.put(key, data);
            }
            newest.remember(at, key, data);
        }
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
        return committing.append(basis, Commit.State.STORED, writes, notes, absent);
    }

    /** Stores what is to change together, so that {@link #decide} makes the changes or not, and nobody else any until then. */
    public Appended prepare(Head basis, List<RowWrite> writes, List<Note> notes, List<RowKey> absent) {
        return committing.append(basis, Commit.State.PREPARED, writes, notes, absent);
    }

    /**
     * Decides on the commit that is prepared.
     *
     * @return false when somebody else has decided
     */
    public boolean decide(Head prepared, boolean isKept) {
        return committing.append(
                        prepared, isKept ? Commit.State.KEPT : Commit.State.DROPPED, List.of(), List.of(), List.of())
                == Appended.STORED;
    }

    /**
     * Drops a commit that somebody has prepared and does not decide on, once it was seen for long or is known to be left.
     *
     * @return false while it may still be decided
     */
    public boolean dropPending(Head at) {
        return committing.dropPending(at);
    }

    /** Remembers that nobody will decide on a commit, so that it is dropped with the next. */
    public void leave(Head prepared) {
        committing.leave(prepared);
    }

    /** Writes what was committed to the rows, when there is much of it. What fails is made up for later. */
    public void mergeSometimes() {
        committing.mergeSometimes();
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
