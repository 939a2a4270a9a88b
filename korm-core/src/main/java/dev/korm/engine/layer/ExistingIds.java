package dev.korm.engine.layer;

import dev.korm.engine.context.ItemIds;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Finds out which ids there are. */
public final class ExistingIds {
    private static final int CHUNK = 500;

    private ExistingIds() {}

    /** Returns those of the ids that are in the table; none when there is no table. */
    public static Set<String> in(FederatedLayer layer, TableName table, Collection<String> ids) {
        Set<String> found = new HashSet<>();
        List<String> all = List.copyOf(ids);
        int most = Math.max(1, Math.min(CHUNK, layer.store().capabilities().parameterLimit()));
        List<Output> id = List.of(new Output.Value(ItemIds.operand()));
        try {
            if (layer.schema(table).isEmpty()) {
                return Set.of();
            }
            for (int from = 0; from < all.size(); from += most) {
                Condition some = new Condition.OneOf(
                        ItemIds.operand(), List.copyOf(all.subList(from, Math.min(all.size(), from + most))));
                Selection selection =
                        new Selection(table, List.of(), id, some, List.of(), List.of(), OptionalLong.empty());
                try (RowCursor row = layer.select(selection)) {
                    while (row.next()) {
                        found.add(String.valueOf(row.get(0)));
                    }
                }
            }
        } catch (SchemaMovedException dropped) {
            return Set.of();
        }
        return found;
    }
}
