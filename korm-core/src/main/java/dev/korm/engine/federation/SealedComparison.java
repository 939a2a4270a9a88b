package dev.korm.engine.federation;

import dev.korm.SealException;
import dev.korm.crypto.LayerSealer;
import dev.korm.model.row.SecretRows;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.FingerprintKey;
import java.util.List;
import java.util.Set;

/** Opens what short fingerprints find, since other values than those that are asked for have them too. */
final class SealedComparison implements Condition.SealedMatcher {
    private final LayerSealer seals;
    private final TableName table;
    private final FingerprintKey.Part part;
    private final Set<String> wanted;

    /** @param key of one column */
    SealedComparison(LayerSealer seals, TableName table, FingerprintKey key, List<String> canonicalJson) {
        this.seals = seals;
        this.table = table;
        this.part = key.parts().get(0);
        this.wanted = Set.copyOf(canonicalJson);
    }

    @Override
    public boolean finds(String sealed, String id) {
        try {
            return wanted.contains(
                    SecretRows.canonical(sealed, seals.item(table, id).column(part.column()), part.forms()));
        } catch (SealException closed) {
            // As with a whole fingerprint: one that does not open is not found, and keeps nobody from the others.
            return false;
        }
    }

    /** Returns a text without the values. */
    @Override
    public String toString() {
        return "Opening[" + part.column() + " of " + table + "]";
    }
}
