package dev.korm.kalam.layer.ledger;

import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.kalam.error.KalamException;
import dev.korm.spi.environment.Environment;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All rows of a table as they were at a moment, in the order of their keys: those in the rows, read page by page, and over them what the ledger has. Used by one thread. */
final class TableScan implements Iterator<Ledger.Entry> {
    private final NavigableMap<String, RowWrite> writes;
    private final LedgerTables.Pages pages;
    private final NewestVersions newest;
    private final String layer;
    private final Environment environment;
    private final long begun;
    private final NavigableMap<String, RowData> page = new TreeMap<>();
    private boolean read;
    private Ledger.@Nullable Entry next;

    TableScan(String layer, LedgerTables tables, Environment environment, Head at, String table) {
        this.layer = layer;
        this.environment = environment;
        this.begun = environment.nanoTime();
        this.writes = at.writes(table);
        String prefix = RowKey.prefix(table);
        this.pages = tables.versions(prefix, RowKey.behind(prefix));
        this.newest = new NewestVersions(at.merged());
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            if (page.isEmpty() && !read) {
                fill();
                continue;
            }
            String stored = page.isEmpty() ? null : page.firstKey();
            String written = writes.isEmpty() ? null : writes.firstKey();
            if (stored == null && written == null) {
                return false;
            }
            if (written != null && (stored == null || written.compareTo(stored) <= 0)) {
                if (stored == null && !read) {
                    fill();
                    continue;
                }
                RowWrite write = writes.pollFirstEntry().getValue();
                page.remove(written);
                RowData data = write.data();
                next = data == null ? null : new Ledger.Entry(write.row().id(), data);
            } else if (stored != null) {
                Map.Entry<String, RowData> row = page.pollFirstEntry();
                next = new Ledger.Entry(RowKey.parse(row.getKey()).id(), row.getValue());
            }
        }
        return true;
    }

    private void fill() {
        if (environment.nanoTime() - begun > Ledger.LONGEST_SCAN.toNanos()) {
            throw new StoreBusyException(
                    layer,
                    "Layer \"" + layer + "\" cannot read a table to its end: it took longer than "
                            + Ledger.LONGEST_SCAN.toMinutes() + " minutes. Ask for fewer rows, or read faster",
                    Outcome.NOT_APPLIED,
                    null);
        }
        try {
            for (LedgerTables.Version version : pages.next()) {
                newest.add(version, page);
            }
        } catch (KalamException failed) {
            throw Failures.of(layer, "read a table", Outcome.NOT_APPLIED, failed);
        }
        read = !pages.hasNext();
        if (read) {
            newest.end(page);
        }
    }

    @Override
    public Ledger.Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Ledger.Entry entry = Objects.requireNonNull(next);
        next = null;
        return entry;
    }
}
