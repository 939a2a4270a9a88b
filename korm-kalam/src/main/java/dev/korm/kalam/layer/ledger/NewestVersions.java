package dev.korm.kalam.layer.ledger;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The newest version of each row, of versions that are given in the order of their keys: those up to the commit that was merged last. Used by one thread. */
final class NewestVersions {
    private final long merged;
    private @Nullable String prefix;
    private long number;
    private @Nullable StringBuilder text;

    NewestVersions(long merged) {
        this.merged = merged;
    }

    /** Takes a version, and puts the row before when it is of another. */
    void add(LedgerTables.Version version, Map<String, RowData> rows) {
        String row = RowKey.prefixOf(version.key());
        if (!row.equals(prefix)) {
            end(rows);
            prefix = row;
            number = 0;
            text = null;
        }
        long own = RowKey.numberOf(version.key());
        if (own > merged) {
            return;
        }
        String piece = version.text();
        if (own > number) {
            number = own;
            text = piece == null ? null : new StringBuilder(piece);
        } else if (text != null && piece != null) {
            text.append(piece);
        }
    }

    void end(Map<String, RowData> rows) {
        if (prefix != null && text != null) {
            rows.put(prefix, RowData.parse(text.toString()));
        }
        text = null;
    }
}
