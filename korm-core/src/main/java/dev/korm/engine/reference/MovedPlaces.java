package dev.korm.engine.reference;

import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.query.TextPattern;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Items and whole collections that are in another layer from then on. For one thread. */
public final class MovedPlaces {
    /** For more ids than that, the rows are told by their collection alone. */
    private static final int MOST_IDS = 200;

    /** Made when there is one, which most changes spare. */
    private Map<Place, String> collections = Map.of();

    private Map<Place, Map<String, String>> items = Map.of();

    private record Place(String layer, TableName table) {}

    /** Adds a collection. */
    public void add(String layer, TableName table, String to) {
        if (collections.isEmpty()) {
            collections = new LinkedHashMap<>();
        }
        collections.put(new Place(layer, table), to);
    }

    /** Adds an item. */
    public void add(ItemKey item, String to) {
        if (items.isEmpty()) {
            items = new LinkedHashMap<>();
        }
        items.computeIfAbsent(new Place(item.layer(), item.table()), any -> new LinkedHashMap<>())
                .put(item.id(), to);
    }

    public boolean isEmpty() {
        return collections.isEmpty() && items.isEmpty();
    }

    /**
     * Returns the layer in which a reference finds what it has named before.
     *
     * @param holder the layer of the item that it is in
     */
    public String layerOf(String holder, Rn<?> reference) {
        String before = reference.layer().orElse(holder);
        Place place = new Place(before, TableName.items(reference.namespace(), reference.kind()));
        String all = collections.get(place);
        if (all != null) {
            return all;
        }
        return reference.form() == Rn.Form.ITEM
                ? items.getOrDefault(place, Map.of())
                        .getOrDefault(reference.id().orElseThrow(), before)
                : before;
    }

    /** Returns what a reference is in an item that stays in its layer; the same where it need not change. */
    public Rn<?> renamed(String holder, Rn<?> reference) {
        if (reference.isDepot()) {
            return reference;
        }
        String now = layerOf(holder, reference);
        return now.equals(reference.layer().orElse(holder)) ? reference : reference.from(now);
    }

    /**
     * Returns what a reference is in an item that goes to another layer itself: one that named no layer meant its own.
     *
     * @param from the layer that the item comes from
     * @param to the layer that it goes to
     */
    public Rn<?> renamedAlong(String from, String to, Rn<?> reference) {
        if (reference.isDepot()) {
            return reference;
        }
        String now = layerOf(from, reference);
        return now.equals(reference.layer().orElse(to)) ? reference : reference.from(now);
    }

    /** Returns the condition that rows satisfy which may refer to any of it: where all references are columns, the store finds them; JSON has to be read. */
    Condition mayName(TableSchema schema, OpenLayer layer) {
        List<Condition> some = new ArrayList<>();
        for (ColumnSchema column : schema.columns()) {
            if (column.kind() == ColumnKind.JSON) {
                return Condition.ALWAYS;
            }
            if (column.kind() == ColumnKind.RN) {
                Operand operand = new Operand.Column(0, column.name(), column.kind());
                collections.keySet().forEach(place -> some.add(anyOf(place, operand)));
                items.forEach((place, ids) -> some.add(
                        ids.size()
                                        > Math.min(
                                                MOST_IDS,
                                                layer.store().capabilities().parameterLimit() / 8)
                                ? anyOf(place, operand)
                                : new Condition.RefersTo(
                                        operand, place.layer(), place.table(), List.copyOf(ids.keySet()))));
            }
        }
        return new Condition.Or(some);
    }

    private static Condition anyOf(Place place, Operand operand) {
        TextPattern.Part any = new TextPattern.AnyText();
        TextPattern.Part body = new TextPattern.Literal(ReferencePosition.body(place.table()));
        return new Condition.Matches(operand, new TextPattern(List.of(any, body, any), TextPattern.Case.SENSITIVE));
    }
}
