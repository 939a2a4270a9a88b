package dev.korm.engine.live;

import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.read.Criteria;
import dev.korm.spi.query.TableName;

/** All by which two live queries are the same one. */
record QueryKey(
        String layer, TableName table, Class<?> type, String collection, boolean deletedToo, Criteria criteria) {
    static QueryKey of(CollectionHandle<?> home, Criteria criteria) {
        return new QueryKey(
                home.layer().layer(),
                home.table(),
                home.model().type(),
                home.collection().toString(),
                home.pool().layers().showDeleted(),
                criteria);
    }

    /** Returns what a position of the query belongs to. */
    String identity() {
        return layer + " " + collection + " " + deletedToo + " " + criteria;
    }
}
