package dev.korm.engine.relocate;

import dev.korm.engine.context.StoreFingerprint;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.engine.layer.SystemTable;
import dev.korm.spi.Batch;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a relocation: a row of {@code __korm_relocations__} on the target layer, written in the batch that
 * does the step.
 *
 * @param key which relocation: the layer and table that it comes from
 * @param after the last id of the first pass
 * @param items how many were copied by it; after it, how many were compared
 * @param hash of what was compared
 * @param rewritten how many items had references rewritten
 */
record RelocationState(String key, Phase phase, String after, long items, String hash, long rewritten) {
    private static final SystemTable TABLE = SystemTable.of(
            "__korm_relocations__",
            new ColumnSchema("phase", ColumnKind.TEXT),
            new ColumnSchema("after_id", ColumnKind.TEXT),
            new ColumnSchema("items", ColumnKind.INTEGER),
            new ColumnSchema("hash", ColumnKind.TEXT),
            new ColumnSchema("rewritten", ColumnKind.INTEGER));

    /** The phases, in this order. */
    enum Phase {
        COPYING,
        VERIFYING,
        /** A copy is complete. */
        COPIED,
        REWRITING,
        REMOVING
    }

    static RelocationState begin(FederatedLayer source, TableName table) {
        return new RelocationState(StoreFingerprint.sha256(source.layer() + "\n" + table), Phase.COPYING, "", 0, "", 0);
    }

    static void make(FederatedLayer target) {
        TABLE.make(target);
    }

    Optional<RelocationState> stored(FederatedLayer target) {
        return TABLE.row(
                target,
                key,
                row -> new RelocationState(
                        key,
                        Phase.valueOf(String.valueOf(row.get(1))),
                        String.valueOf(row.get(2)),
                        number(row.get(3)),
                        String.valueOf(row.get(4)),
                        number(row.get(5))));
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    Mutation insert() {
        return new Mutation.Insert(TABLE.name(), key, TABLE.columns(), values());
    }

    Mutation update() {
        return new Mutation.Update(TABLE.name(), key, OptionalLong.empty(), TABLE.columns(), values());
    }

    Mutation delete() {
        return new Mutation.Delete(TABLE.name(), key, OptionalLong.empty());
    }

    private Row values() {
        return Row.of(phase.name(), after, items, hash, rewritten);
    }

    RelocationState store(FederatedLayer target) {
        target.store().apply(Batch.of(List.of(update())));
        return this;
    }

    RelocationState in(Phase next) {
        return new RelocationState(key, next, after, items, hash, rewritten);
    }

    RelocationState copied(String last, long more) {
        return new RelocationState(key, phase, last, items + more, hash, rewritten);
    }

    RelocationState compared(long count, String content) {
        return new RelocationState(key, phase, after, count, content, rewritten);
    }

    RelocationState rewrote(long more) {
        return new RelocationState(key, phase, after, items, hash, rewritten + more);
    }
}
