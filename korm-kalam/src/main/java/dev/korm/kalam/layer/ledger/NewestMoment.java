package dev.korm.kalam.layer.ledger;

import dev.korm.StoreException.Outcome;
import dev.korm.spi.environment.Environment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest moment that is known here, and rows as they are at it. It only ever grows: by commits that were read or made, one behind the other, or all at once from what the
 * server has. Requests are made without the lock, which guards the moment and the memory of rows together. Safe for many threads.
 */
final class NewestMoment {
    private final String layer;
    private final LedgerTables tables;
    private final Environment environment;
    private final Cleaning cleaning;
    private final RowCache cache = new RowCache();
    private final Arrivals arrivals = new Arrivals();
    private volatile Head head = Head.NONE;

    NewestMoment(String layer, LedgerTables tables, Environment environment, Cleaning cleaning) {
        this.layer = layer;
        this.tables = tables;
        this.environment = environment;
        this.cleaning = cleaning;
    }

    /** Returns it, as it is known. */
    Head known() {
        return head;
    }

    /** Waits until a commit behind a number is known; returns whether one is. */
    boolean awaitCommit(long behind, long nanos) throws InterruptedException {
        return arrivals.await(behind, nanos);
    }

    /** Returns it, as the server has it. */
    Head refreshed() {
        Head before = head;
        if (!before.isKnown()) {
            return load();
        }
        LedgerTables.CommitPage behind = tables.commits(before.number());
        // Who is so far behind that one answer does not hold it all begins with what is in the rows by now.
        return advance(behind.commits()) && behind.isWhole() ? head : load();
    }

    /** Takes over commits that were read; false when some between are not among them any more. */
    synchronized boolean advance(List<Commit> commits) {
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

    /** Reads it from what is in the rows and the commits behind that. */
    Head load() {
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
            Ledger.Entry each = stored.next();
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

    /** Takes note that the commits up to a number are in the rows. */
    synchronized void merged(long number) {
        head = head.merged(number);
    }

    /** Returns what memory knows of a row at a moment; null where that is nothing. */
    synchronized RowCache.@Nullable Found cached(Head at, RowKey key) {
        return at.number() == head.number() ? cache.get(key) : null;
    }

    /** Remembers a row as it was read at a moment, unless it was changed since. */
    synchronized void remember(Head at, RowKey key, @Nullable RowData data) {
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
}
