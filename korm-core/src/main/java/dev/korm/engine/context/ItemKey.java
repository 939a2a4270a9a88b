package dev.korm.engine.context;

import dev.korm.Rn;
import dev.korm.spi.query.TableName;

/** The identity of an item: two spellings of one RN have the same. */
public record ItemKey(String layer, TableName table, String id) {
    /**
     * Returns the identity that an item's RN names.
     *
     * @param home the layer that an RN without {@code from} belongs to
     */
    public static ItemKey of(Rn<?> rn, String home) {
        return new ItemKey(
                rn.layer().orElse(home),
                TableName.items(rn.namespace(), rn.kind()),
                rn.id().orElseThrow());
    }
}
