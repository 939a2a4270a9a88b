package dev.korm.kalam.layer.ledger;

import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The clean-up of parts that belong to no commit: of programs that died before the commit itself, of commits that another came before, and what a flush of the server has brought back. Since parts are
 * written before their commit, they are deleted only when they were seen without one for long.
 */
final class OrphanedParts {
    /** Longer than anything that was sent may take to be done. */
    static final Duration AGE = Duration.ofHours(1);

    private static final int MOST_SUSPECTED = 1_000;

    private final LedgerTables tables;
    private final Environment environment;
    /** When words were first seen without a commit. */
    private final Map<String, Long> suspected = new LinkedHashMap<>();

    private @Nullable String place;

    OrphanedParts(LedgerTables tables, Environment environment) {
        this.tables = tables;
        this.environment = environment;
    }

    /** Looks at some parts, and deletes those that were without a commit long ago and are still. */
    void some() {
        LedgerTables.PartPage page = tables.parts(place == null ? RowKey.prefix(RowKey.PARTS) : place);
        place = page.next();
        if (page.words().isEmpty()) {
            return;
        }
        Set<String> kept = tables.withParts(page.words());
        long now = environment.nanoTime();
        List<String> orphans = new ArrayList<>();
        for (String word : page.words()) {
            if (kept.contains(word)) {
                suspected.remove(word);
                continue;
            }
            Long since = suspected.get(word);
            if (since == null) {
                if (suspected.size() < MOST_SUSPECTED) {
                    suspected.put(word, now);
                }
            } else if (now - since > AGE.toNanos()) {
                orphans.add(word);
            }
        }
        for (String word : orphans) {
            tables.deleteParts(word);
            suspected.remove(word);
        }
    }
}
