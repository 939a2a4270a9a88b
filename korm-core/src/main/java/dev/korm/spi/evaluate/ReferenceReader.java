package dev.korm.spi.evaluate;

import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.spi.TableName;
import org.jspecify.annotations.Nullable;

/** Says which row of a table a reference names. */
final class ReferenceReader {
    private final String layer;
    private final TableName target;

    ReferenceReader(String layer, TableName target) {
        this.layer = layer;
        this.target = target;
    }

    /** The key of the row; null when the text names none of this table on this layer. */
    @Nullable String id(String reference) {
        Rn<?> rn;
        try {
            rn = Rn.parse(reference);
        } catch (RnException notAnRn) {
            return null;
        }
        if (rn.form() != Rn.Form.ITEM
                || !rn.namespace().equals(target.namespace())
                || !rn.kind().equals(target.kind())
                || !rn.layer().orElse(layer).equals(layer)) {
            return null;
        }
        return rn.id().orElse(null);
    }
}
