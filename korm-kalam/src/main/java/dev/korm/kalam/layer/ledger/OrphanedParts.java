package dev.korm.kalam.layer.ledger;

import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The clean-up of parts that belong to no commit: of programs that died before the commit itself, of commits that another came before, and what a flush of the server has brought back.
 *
 * <p>Parts are written before their commit, which may follow at any time, or never: how old they are says nothing. But the word that they are under begins with the number that their commit
 * would have. While nobody has that number they are left alone; once a commit has it that is another, theirs can never come.
 */
final class OrphanedParts {
    private final LedgerTables tables;
    private @Nullable String place;

    OrphanedParts(LedgerTables tables) {
        this.tables = tables;
    }

    /**
     * Looks at some parts, and deletes those whose commit is none and never will be.
     *
     * @param taken a number such that there are commits of it and of all before
     */
    void some(long taken) {
        LedgerTables.PartPage page = tables.parts(place == null ? RowKey.prefix(RowKey.PARTS) : place);
        place = page.next();
        Set<String> decided = page.words().stream()
                .filter(word -> Commit.numberOf(word) <= taken)
                .collect(Collectors.toSet());
        if (decided.isEmpty()) {
            return;
        }
        Set<String> kept = tables.withParts(decided);
        for (String word : decided) {
            if (!kept.contains(word)) {
                tables.deleteParts(word);
            }
        }
    }
}
