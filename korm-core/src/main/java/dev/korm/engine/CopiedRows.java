package dev.korm.engine;

import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Condition;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of the target are copies, and of which revision: the table {@code __korm_copies__} on the target layer. By it a copy is
 * told from an item that somebody made there, and from one that was changed since.
 */
final class CopiedRows {
    private static final ColumnShape REVISION = new ColumnShape("revision", ColumnKind.INTEGER);
    private static final OwnTable TABLE = OwnTable.of("__korm_copies__", REVISION);
    private static final int PREFIX = 32;
    private static final int CHUNK = 500;

    private final OpenLayer target;
    private final String prefix;

    /** @param relocation the key of its state */
    CopiedRows(OpenLayer target, String relocation) {
        this.target = target;
        this.prefix = relocation.substring(0, PREFIX) + ":";
    }

    static void make(OpenLayer target) {
        TABLE.make(target);
    }

    /** The revisions that were copied, of those of the ids that were. */
    Map<String, Long> of(Collection<String> ids) {
        Map<String, Long> revisions = new HashMap<>();
        List<Object> keys = new ArrayList<>();
        ids.forEach(id -> keys.add(prefix + id));
        int most = Math.max(1, Math.min(CHUNK, target.store().capabilities().parameterLimit()));
        for (int from = 0; from < keys.size(); from += most) {
            List<Object> some = keys.subList(from, Math.min(keys.size(), from + most));
            read(new Condition.OneOf(TABLE.key(), some), OptionalLong.empty()).forEach(revisions::put);
        }
        return revisions;
    }

    /** Some of all ids in their order, with the revisions that were copied. */
    Map<String, Long> page(String after, int size) {
        Condition ours = new Condition.All(List.of(
                new Condition.Compare(TABLE.key(), Condition.Comparison.GREATER, prefix + after),
                // The character after the colon.
                new Condition.Compare(TABLE.key(), Condition.Comparison.LESS, prefix.substring(0, PREFIX) + ";")));
        return read(ours, OptionalLong.of(size));
    }

    private Map<String, Long> read(Condition where, OptionalLong limit) {
        Map<String, Long> revisions = new LinkedHashMap<>();
        TABLE.rows(target, where, limit, row -> {
                    String id = String.valueOf(row.get(0)).substring(prefix.length());
                    return Map.entry(id, number(row.get(1)));
                })
                .forEach(entry -> revisions.put(entry.getKey(), entry.getValue()));
        return revisions;
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    Mutation insert(String id, long revision) {
        return new Mutation.Insert(TABLE.name(), prefix + id, TABLE.columns(), Row.of(revision));
    }

    Mutation update(String id, long revision) {
        return new Mutation.Update(TABLE.name(), prefix + id, OptionalLong.empty(), TABLE.columns(), Row.of(revision));
    }

    Mutation delete(String id) {
        return new Mutation.Delete(TABLE.name(), prefix + id, OptionalLong.empty());
    }
}
