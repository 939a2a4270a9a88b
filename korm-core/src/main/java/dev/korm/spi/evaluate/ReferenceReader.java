package dev.korm.spi.evaluate;

import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.spi.query.TableName;
import org.jspecify.annotations.Nullable;

/** Says which row of a table a reference names. */
final class ReferenceReader {
    private final String home;
    private final String layer;
    private final TableName target;

    /**
     * @param home the layer that the reference is in, and that one without {@code from} means
     * @param layer the layer that the rows are in
     */
    ReferenceReader(String home, String layer, TableName target) {
        this.home = home;
        this.layer = layer;
        this.target = target;
    }

    /** Returns the key of the row; null when the text names none of the table on the layer. */
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
                || !rn.layer().orElse(home).equals(layer)) {
            return null;
        }
        return rn.id().orElse(null);
    }
}
