package dev.korm.engine.relocate;

import dev.korm.engine.context.StoreFingerprint;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.engine.layer.SystemTable;
import dev.korm.engine.reference.ReferenceRewrite;
import dev.korm.spi.Batch;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
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
 * @param transaction in the history, whoever takes it on; empty where none is kept
 * @param layers of which it has changed something
 */
record RelocationState(
        String key,
        Phase phase,
        String after,
        long items,
        String hash,
        long rewritten,
        String transaction,
        List<String> layers) {
    private static final SystemTable TABLE = SystemTable.of(
            "__korm_relocations__",
            new ColumnSchema("phase", ColumnKind.TEXT),
            new ColumnSchema("after_id", ColumnKind.TEXT),
            new ColumnSchema("items", ColumnKind.INTEGER),
            new ColumnSchema("hash", ColumnKind.TEXT),
            new ColumnSchema("rewritten", ColumnKind.INTEGER),
            new ColumnSchema("transaction_id", ColumnKind.TEXT),
            new ColumnSchema("layers", ColumnKind.TEXT));

    /** What no layer's name has. */
    private static final String BETWEEN_LAYERS = "\n";

    /** The phases, in this order. */
    enum Phase {
        COPYING,
        VERIFYING,
        /** A copy is complete. */
        COPIED,
        REWRITING,
        REMOVING
    }

    static RelocationState begin(String source, TableName table) {
        return new RelocationState(
                StoreFingerprint.sha256(source + "\n" + table), Phase.COPYING, "", 0, "", 0, "", List.of(source));
    }

    static void make(FederatedLayer target) {
        TABLE.make(target);
    }

    Optional<RelocationState> stored(FederatedLayer target) {
        return TABLE.row(target, key, RelocationState::of);
    }

    private static RelocationState of(RowCursor row) {
        String layers = text(row.get(7));
        return new RelocationState(
                text(row.get(0)),
                Phase.valueOf(text(row.get(1))),
                text(row.get(2)),
                number(row.get(3)),
                text(row.get(4)),
                number(row.get(5)),
                text(row.get(6)),
                layers.isEmpty() ? List.of() : List.of(layers.split(BETWEEN_LAYERS)));
    }

    /** Returns those of a layer that are not at their end. */
    static List<RelocationState> unfinished(FederatedLayer target) {
        // One from before there were all columns is of no transaction.
        boolean there = target.schema(TABLE.name())
                .filter(schema -> schema.has("transaction_id"))
                .isPresent();
        return there
                ? TABLE.rows(target, Condition.ALWAYS, OptionalLong.empty(), RelocationState::of).stream()
                        .filter(state -> state.phase() != Phase.COPIED)
                        .toList()
                : List.of();
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : String.valueOf(value);
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
        return Row.of(phase.name(), after, items, hash, rewritten, transaction, String.join(BETWEEN_LAYERS, layers));
    }

    RelocationState store(FederatedLayer target) {
        target.store().apply(Batch.of(List.of(update())));
        return this;
    }

    RelocationState in(Phase next) {
        return new RelocationState(key, next, after, items, hash, rewritten, transaction, layers);
    }

    RelocationState copied(String last, long more) {
        return new RelocationState(key, phase, last, items + more, hash, rewritten, transaction, layers);
    }

    RelocationState compared(long count, String content) {
        return new RelocationState(key, phase, after, count, content, rewritten, transaction, layers);
    }

    RelocationState rewrote(ReferenceRewrite.Pass pass) {
        Set<String> all = new TreeSet<>(layers);
        all.addAll(pass.layers());
        return new RelocationState(
                key, phase, after, items, hash, rewritten + pass.changed(), transaction, List.copyOf(all));
    }

    /** Returns the state as part of a transaction that is of both layers. */
    RelocationState of(String id, FederatedLayer source, FederatedLayer target) {
        return new RelocationState(
                key,
                phase,
                after,
                items,
                hash,
                rewritten,
                id,
                List.copyOf(new TreeSet<>(List.of(source.layer(), target.layer()))));
    }
}
