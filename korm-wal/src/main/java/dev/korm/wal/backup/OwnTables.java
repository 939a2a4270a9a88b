package dev.korm.wal.backup;

import dev.korm.spi.query.TableName;
import java.util.List;

/**
 * The tables of korm's own that are part of a pool's state. Locks, markers of changes, schedules and the state of rotations are not: they say
 * what programs were doing, and are of no use to those that come later.
 */
final class OwnTables {
    /** Versions of items. */
    static final TableName HISTORY = TableName.own("__korm_history__", "id");

    /** What becomes of references to deleted items. */
    static final TableName REFERENCES = TableName.own("__korm_references__", "id");

    /** The configuration of the pool. Kept to be looked at; never restored, since the pool that restores has its own. */
    static final TableName POOL = TableName.own("__korm_pool__", "id");

    static final List<TableName> ALL = List.of(HISTORY, REFERENCES, POOL);

    private OwnTables() {}
}
