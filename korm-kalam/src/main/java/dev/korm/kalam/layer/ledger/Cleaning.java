package dev.korm.kalam.layer.ledger;

import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The clean-up of what nobody reads any more: versions of rows behind which newer ones have been for an hour, and what such commits had written. The ledger keeps
 * their numbers, so that none is given twice, and a deleted row its last version, which says so. A little is done each time, so no change waits for long.
 */
final class Cleaning {
    /** Longer than any reading of one moment may take. */
    static final Duration AGE = Duration.ofHours(1);

    /** Commits are kept for so long where tables are followed, for those who were away. */
    static final Duration KEPT_FOR_FEEDS = Duration.ofDays(7);

    private static final Duration BETWEEN = Duration.ofMinutes(1);

    private final LedgerTables tables;
    private final Environment environment;
    private final Deque<Mark> marks = new ArrayDeque<>();
    private final OrphanedParts parts;
    private long forgotten;
    private long horizon;
    private long cleared;
    private String place = "";

    Cleaning(LedgerTables tables, Environment environment) {
        this.tables = tables;
        this.environment = environment;
        this.parts = new OrphanedParts(tables);
    }

    /** Takes note that nobody is told any more of the commits up to one. */
    synchronized void forgotten(long upTo) {
        forgotten = Math.max(forgotten, upTo);
    }

    private record Mark(long time, long merged) {}

    /** Takes note that everybody knows by now that the commits up to one are in the rows. */
    synchronized void announced(long merged) {
        long now = environment.nanoTime();
        Mark last = marks.peekLast();
        if (merged > horizon && (last == null || (merged > last.merged() && now - last.time() > BETWEEN.toNanos()))) {
            marks.addLast(new Mark(now, merged));
        }
    }

    /**
     * Cleans a little.
     *
     * @param taken the number of a commit that there is
     * @param isFollowed whether commits are kept longer for change feeds
     */
    synchronized void some(long taken, boolean isFollowed) {
        parts.some(taken);
        long now = environment.nanoTime();
        for (Mark first = marks.peekFirst();
                first != null && now - first.time() > AGE.toNanos();
                first = marks.peekFirst()) {
            horizon = first.merged();
            marks.removeFirst();
        }
        if (horizon == 0) {
            return;
        }
        long toClear = isFollowed ? Math.min(horizon, Math.max(forgotten, told())) : horizon;
        if (toClear > cleared) {
            tables.clear(cleared, toClear);
            cleared = toClear;
        }
        // The server may be set to end its answers earlier.
        for (int seen = 0; seen < LedgerTables.CLEANED_AT_ONCE; ) {
            LedgerTables.VersionPage page = tables.page(place);
            deleteSuperseded(page.versions());
            seen += page.versions().size();
            if (page.isLast()) {
                place = "";
                return;
            }
            place = nextPlace(page.versions());
        }
    }

    private void deleteSuperseded(List<LedgerTables.Version> page) {
        List<String> superseded = new ArrayList<>();
        LedgerTables.@Nullable Version newer = null;
        for (int i = page.size() - 1; i >= 0; i--) {
            LedgerTables.Version version = page.get(i);
            if (RowKey.isPart(version.key()) || RowKey.numberOf(version.key()) > horizon) {
                continue;
            }
            if (newer != null
                    && RowKey.prefixOf(newer.key()).equals(RowKey.prefixOf(version.key()))
                    && RowKey.numberOf(newer.key()) > RowKey.numberOf(version.key())) {
                superseded.add(version.key());
            } else {
                newer = version;
            }
        }
        tables.delete(superseded);
    }

    private long told() {
        return tables.newestBefore(environment.clock().millis() - KEPT_FOR_FEEDS.toMillis());
    }

    /** Returns where the next page begins: at the last row of this one, which may go on there. */
    private String nextPlace(List<LedgerTables.Version> page) {
        String last = RowKey.prefixOf(page.get(page.size() - 1).key());
        return last.compareTo(place) > 0 && !page.get(0).key().startsWith(last)
                ? last
                : page.get(page.size() - 1).key();
    }
}
