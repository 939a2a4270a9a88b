package dev.korm.engine.relocate;

import dev.korm.engine.federation.FederatedLayer;
import dev.korm.engine.layer.SystemTable;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a relocation takes note of, each with its revision in the source and, where it was copied, that of the copy. The table
 * {@code __korm_copies__} on the target layer says which rows there are copies, and of what: by it a copy is told from an item that
 * somebody made there, and from one that was changed since.
 * The table {@code __korm_removed__} on the source layer says which rows the move has taken away, in the batch that does it: by it
 * they are told from items that somebody deleted meanwhile.
 */
final class CopiedRows {
    private static final ColumnSchema REVISION = new ColumnSchema("revision", ColumnKind.INTEGER);
    private static final ColumnSchema COPY = new ColumnSchema("copy", ColumnKind.INTEGER);
    private static final SystemTable COPIES = SystemTable.of("__korm_copies__", REVISION, COPY);
    private static final SystemTable REMOVED = SystemTable.of("__korm_removed__", REVISION);
    private static final int PREFIX = 32;
    private static final int CHUNK = 500;

    private final FederatedLayer layer;
    private final SystemTable table;
    private final String prefix;

    /**
     * The revisions of a row.
     *
     * @param source of the row that was copied or taken away
     * @param copy of the copy, as it was made
     */
    record Noted(long source, long copy) {}

    private CopiedRows(FederatedLayer layer, SystemTable table, String relocation) {
        this.layer = layer;
        this.table = table;
        this.prefix = relocation.substring(0, PREFIX) + ":";
        table.make(layer);
    }

    /**
     * Finds rows of the target that are copies.
     *
     * @param relocation the key of its state
     */
    static CopiedRows copies(FederatedLayer target, String relocation) {
        return new CopiedRows(target, COPIES, relocation);
    }

    /**
     * Finds rows of the source that the move has deleted.
     *
     * @param relocation the key of its state
     */
    static CopiedRows removed(FederatedLayer source, String relocation) {
        return new CopiedRows(source, REMOVED, relocation);
    }

    /** Returns the revisions of those of the ids that are noted. */
    Map<String, Noted> of(Collection<String> ids) {
        Map<String, Noted> revisions = new HashMap<>();
        List<Object> keys = new ArrayList<>();
        ids.forEach(id -> keys.add(prefix + id));
        int most = Math.max(1, Math.min(CHUNK, layer.store().capabilities().parameterLimit()));
        for (int from = 0; from < keys.size(); from += most) {
            List<Object> some = keys.subList(from, Math.min(keys.size(), from + most));
            read(new Condition.OneOf(table.key(), some), OptionalLong.empty()).forEach(revisions::put);
        }
        return revisions;
    }

    /** Returns some of all ids in their order, with their revisions. */
    Map<String, Noted> page(String after, int size) {
        Condition ours = new Condition.And(List.of(
                new Condition.Compare(table.key(), Condition.Comparison.GREATER, prefix + after),
                // The character after the colon.
                new Condition.Compare(table.key(), Condition.Comparison.LESS, prefix.substring(0, PREFIX) + ";")));
        return read(ours, OptionalLong.of(size));
    }

    private Map<String, Noted> read(Condition where, OptionalLong limit) {
        Map<String, Noted> revisions = new LinkedHashMap<>();
        table.rows(layer, where, limit, row -> {
                    String id = String.valueOf(row.get(0)).substring(prefix.length());
                    long source = number(row.get(1));
                    boolean copied = table.columns().size() > 1 && row.get(2) != null;
                    return Map.entry(id, new Noted(source, copied ? number(row.get(2)) : source));
                })
                .forEach(entry -> revisions.put(entry.getKey(), entry.getValue()));
        return revisions;
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    Mutation insert(String id, Noted noted) {
        return new Mutation.Insert(table.name(), prefix + id, table.columns(), values(noted));
    }

    Mutation update(String id, Noted noted) {
        return new Mutation.Update(table.name(), prefix + id, OptionalLong.empty(), table.columns(), values(noted));
    }

    private Row values(Noted noted) {
        return table.columns().size() > 1 ? Row.of(noted.source(), noted.copy()) : Row.of(noted.source());
    }

    Mutation delete(String id) {
        return new Mutation.Delete(table.name(), prefix + id, OptionalLong.empty());
    }
}
