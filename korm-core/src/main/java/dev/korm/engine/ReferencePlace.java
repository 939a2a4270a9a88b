package dev.korm.engine;

import dev.korm.FieldPath;
import dev.korm.Rn;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Condition;
import dev.korm.spi.JsonPath;
import dev.korm.spi.Operand;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import dev.korm.spi.TextPattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The references at paths of the items of a table, as a store is asked for them. For one question; used by one thread.
 *
 * <p>An RN can be spelt in many ways, since mods that korm does not know are kept. The two that korm writes are asked for as they
 * are; of the others, the ranges in which their texts are, of which an index tells quickly that they are empty. They are more than
 * what is looked for, so each answer is looked at again.
 */
final class ReferencePlace {
    /** The constants of a question beside the spellings. */
    static final int CONSTANTS = 12;

    private final TableShape shape;
    private FieldPath path = FieldPath.of(List.of(new FieldPath.Field(TableName.ID)));
    private int sources;

    ReferencePlace(TableShape shape) {
        this.shape = shape;
    }

    /** The references at a path; what was asked of another before keeps its meaning. */
    ReferencePlace at(FieldPath other) {
        this.path = other;
        return this;
    }

    /**
     * The rows that refer to items as korm writes references.
     *
     * @param layer the layer of the items
     * @param home whether it is the layer of the rows too
     * @return empty when the table has no such column
     */
    Optional<Condition> asWritten(String layer, boolean home, TableName table, Collection<String> ids) {
        return at(operand -> new Condition.OneOf(operand, spellings(layer, home, table, ids)));
    }

    /** The rows that refer to items in any spelling, and others. */
    Optional<Condition> inAnySpelling(String layer, boolean home, TableName table, Collection<String> ids) {
        return at(operand -> new Condition.Any(List.of(
                new Condition.OneOf(operand, spellings(layer, home, table, ids)),
                new Condition.All(List.of(unusual(operand, layer), contains(operand, body(table)))))));
    }

    private static List<Object> spellings(String layer, boolean home, TableName table, Collection<String> ids) {
        String bare = body(table).substring(1);
        List<Object> texts = new ArrayList<>(ids.size() * 2);
        for (String id : ids) {
            texts.add("[rn][" + Rn.FROM + "::" + layer + "]" + bare + id);
            if (home) {
                texts.add("[rn]" + bare + id);
            }
        }
        return texts;
    }

    /** What stands in every RN of a collection's items, before the id. */
    static String body(TableName table) {
        return "]:" + table.namespace() + ":" + table.kind() + ":";
    }

    /** Texts with mods, unless {@code from} is the only one or names another layer and is the first. */
    private static Condition unusual(Operand operand, String layer) {
        String from = "[rn][" + Rn.FROM + "::";
        return new Condition.Any(List.of(
                range(operand, "[rn][", from),
                range(operand, "[rn][" + Rn.FROM + ":;", "[rn]\\"),
                range(operand, from + layer + "][", from + layer + "]\\")));
    }

    private static Condition range(Operand operand, String from, String to) {
        return new Condition.All(List.of(
                new Condition.Compare(operand, Condition.Comparison.GREATER_OR_EQUAL, from),
                new Condition.Compare(operand, Condition.Comparison.LESS, to)));
    }

    private static Condition contains(Operand operand, String piece) {
        TextPattern.Part any = new TextPattern.AnyText();
        return new Condition.Matches(
                operand,
                new TextPattern(List.of(any, new TextPattern.Literal(piece), any), TextPattern.Case.SENSITIVE));
    }

    /** What is asked of one reference. */
    private interface Question {
        Condition of(Operand operand);
    }

    private Optional<Condition> at(Question question) {
        List<FieldPath.Step> steps = path.steps();
        ColumnShape column = shape.column(((FieldPath.Field) steps.get(0)).name()).orElse(null);
        if (column == null) {
            return Optional.empty();
        }
        Operand operand = new Operand.Column(0, column.name(), column.kind());
        if (column.kind() == ColumnKind.JSON) {
            return Optional.of(inside(operand, steps, 1, List.of(), question));
        }
        boolean holdsText = column.kind() == ColumnKind.RN || column.kind() == ColumnKind.TEXT;
        return holdsText && steps.size() == 1 ? Optional.of(question.of(operand)) : Optional.empty();
    }

    private Condition inside(
            Operand document, List<FieldPath.Step> steps, int at, List<JsonPath.Step> way, Question question) {
        if (at == steps.size()) {
            return question.of(new Operand.Json(document, new JsonPath(way), ColumnKind.RN));
        }
        FieldPath.Step step = steps.get(at);
        if (step instanceof FieldPath.Field field) {
            List<JsonPath.Step> further = new ArrayList<>(way);
            further.add(new JsonPath.Member(field.name()));
            return inside(document, steps, at + 1, further, question);
        }
        Operand container =
                way.isEmpty() ? document : new Operand.Json(document, new JsonPath(way), ColumnKind.JSON);
        int source = ++sources;
        return new Condition.AnyElement(
                source,
                container,
                step instanceof FieldPath.EveryField
                        ? Condition.Members.ENTRIES_OR_VALUES
                        : Condition.Members.ENTRIES,
                List.of(),
                inside(new Operand.Element(source), steps, at + 1, List.of(), question));
    }
}
