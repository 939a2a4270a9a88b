package dev.korm.gateway.query;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.Item;
import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Items as clients get them: their fields, with the id under the name of the key, and without what is hidden. */
public final class Rows {
    private Rows() {}

    /** Returns the row of an item as JSON text. */
    public static String json(Item<Document> item, FieldNames names) {
        ObjectNode row = Json.MAPPER.createObjectNode();
        row.put(names.key(), id(item));
        ObjectNode data = (ObjectNode) Json.MAPPER.readTree(item.data().toJson());
        data.forEachEntry((name, value) -> {
            if (!names.hidden().contains(name) && !name.equals(names.key())) {
                row.set(name, value);
            }
        });
        return row.toString();
    }

    /** Returns the id of an item. */
    public static String id(Item<Document> item) {
        return item.rn().id().orElseThrow();
    }

    /** Returns the values of the keys of the order, as texts, where the next page begins; empty without a row. */
    public static ObjectNode cursor(QuerySpec query, FieldNames names, List<Item<Document>> items) {
        ObjectNode cursor = Json.MAPPER.createObjectNode();
        if (!items.isEmpty()) {
            Item<Document> last = items.get(items.size() - 1);
            for (QuerySpec.OrderKey key : query.order()) {
                FieldPath path = names.single(key.field());
                Object value = path.equals(FieldNames.ID)
                        ? id(last)
                        : last.data().get(path).orElse(null);
                cursor.put(key.field(), value == null ? null : text(value));
            }
        }
        return cursor;
    }

    /** Returns a value as text, a number with every digit. */
    public static @Nullable String text(@Nullable Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        return value == null ? null : value.toString();
    }

    /**
     * Refuses a row with fields that do not exist for the client, or that it may not set.
     *
     * @param settable the fields that it may set; empty for all
     */
    public static void requireSettable(Map<String, ?> fields, FieldNames names, Optional<Set<String>> settable) {
        for (String name : fields.keySet()) {
            if (names.hidden().contains(name)) {
                throw RefusedException.bad("There is no field \"" + FilterType.shown(name) + "\"");
            }
            if (settable.isPresent() && !settable.get().contains(name)) {
                throw RefusedException.forbidden(
                        "The policy does not allow to set the field \"" + FilterType.shown(name) + "\"");
            }
        }
    }
}
