package dev.korm.engine.reference;

import dev.korm.FieldPath;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The references at paths of the items of a table, as a store is asked for them. For one question; used by one thread. */
final class ReferencePosition {
    private final TableSchema schema;
    private FieldPath path = FieldPath.of(List.of(new FieldPath.Field(TableName.ID)));
    private int sources;

    ReferencePosition(TableSchema schema) {
        this.schema = schema;
    }

    /** Returns the references at a path; what was asked of another before keeps its meaning. */
    ReferencePosition at(FieldPath other) {
        this.path = other;
        return this;
    }

    /**
     * Returns the rows that refer to items, however that is spelt.
     *
     * @param layer the layer of the items
     * @return empty when the table has no such column
     */
    Optional<Condition> naming(String layer, TableName table, Collection<String> ids) {
        return at(operand -> new Condition.RefersTo(operand, layer, table, List.copyOf(ids)));
    }

    /** Returns the part of an RN before the id, which all items of the collection share. */
    static String body(TableName table) {
        return "]:" + table.namespace() + ":" + table.kind() + ":";
    }

    /** A predicate over one reference. */
    private interface Predicate {
        Condition of(Operand operand);
    }

    private Optional<Condition> at(Predicate predicate) {
        List<FieldPath.Step> steps = path.steps();
        ColumnSchema column =
                schema.column(((FieldPath.Field) steps.get(0)).name()).orElse(null);
        if (column == null) {
            return Optional.empty();
        }
        Operand operand = new Operand.Column(0, column.name(), column.kind());
        if (column.kind() == ColumnKind.JSON) {
            return Optional.of(inside(operand, steps, 1, List.of(), predicate));
        }
        boolean holdsText = column.kind() == ColumnKind.RN || column.kind() == ColumnKind.TEXT;
        return holdsText && steps.size() == 1 ? Optional.of(predicate.of(operand)) : Optional.empty();
    }

    private Condition inside(
            Operand document, List<FieldPath.Step> steps, int at, List<JsonPath.Step> way, Predicate predicate) {
        if (at == steps.size()) {
            return predicate.of(new Operand.Json(document, new JsonPath(way), ColumnKind.RN));
        }
        FieldPath.Step step = steps.get(at);
        if (step instanceof FieldPath.Field field) {
            List<JsonPath.Step> further = new ArrayList<>(way);
            further.add(new JsonPath.Member(field.name()));
            return inside(document, steps, at + 1, further, predicate);
        }
        Operand container = way.isEmpty() ? document : new Operand.Json(document, new JsonPath(way), ColumnKind.JSON);
        int source = ++sources;
        return new Condition.AnyElement(
                source,
                container,
                step instanceof FieldPath.EveryField ? Condition.Members.ENTRIES_OR_VALUES : Condition.Members.ENTRIES,
                List.of(),
                inside(new Operand.Element(source), steps, at + 1, List.of(), predicate));
    }
}
