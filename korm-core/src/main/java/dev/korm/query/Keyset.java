package dev.korm.query;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.SortKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The condition for rows that come after a given one in an order.
 *
 * <p>Where a key holds values of several sorts, as inside a document, those of each further sort come after all of the row's own.
 * Beside a constant a value of another sort is null, so each further sort is asked for by a comparison that all of its values fulfil.
 */
public final class Keyset {
    /** Every boolean, every number and every text, in the order in which {@link Operand.Json} has them. */
    private static final List<Sort> SORTS = List.of(
            operand -> new Condition.Compare(operand, Condition.Comparison.GREATER_OR_EQUAL, false),
            operand -> new Condition.Or(List.of(
                    new Condition.Compare(operand, Condition.Comparison.LESS, 0L),
                    new Condition.Compare(operand, Condition.Comparison.GREATER_OR_EQUAL, 0L))),
            operand -> new Condition.Compare(operand, Condition.Comparison.GREATER_OR_EQUAL, ""));

    private Keyset() {}

    /** Finds the values of one sort. */
    @FunctionalInterface
    private interface Sort {
        Condition holds(Operand operand);
    }

    /**
     * Returns the output that answers a key's values without loss, such that {@link #after} can begin behind them. Inside JSON a
     * number may have more digits than a double, and a text that stands for bytes may be written in several ways.
     */
    public static Output exact(SortKey key) {
        return key.output() instanceof Output.Value value ? new Output.Value(exact(value.operand())) : key.output();
    }

    private static Operand exact(Operand operand) {
        if (operand instanceof Operand.Json json) {
            return switch (json.kind()) {
                case REAL -> new Operand.Json(json.document(), json.path(), ColumnKind.INTEGER);
                case BYTES -> new Operand.Json(json.document(), json.path(), ColumnKind.TEXT);
                default -> json;
            };
        }
        return operand instanceof Operand.Coalesce && isInsideJson(operand) ? operand.map(Keyset::exact) : operand;
    }

    /**
     * Returns the condition for the rows that follow the one whose keys have these values.
     *
     * @param keys the order, the last of them unique and never null
     * @param values what {@link #exact} answered in the row
     */
    public static Condition after(List<SortKey> keys, List<? extends @Nullable Object> values) {
        List<Condition> some = new ArrayList<>();
        List<Condition> equal = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            Operand operand = ((Output.Value) keys.get(i).output()).operand();
            List<Condition> beyond = beyond(keys.get(i), operand, values.get(i));
            if (!beyond.isEmpty()) {
                List<Condition> all = new ArrayList<>(equal);
                all.add(beyond.size() == 1 ? beyond.get(0) : new Condition.Or(beyond));
                some.add(new Condition.And(all));
            }
            equal.add(same(operand, values.get(i)));
        }
        return new Condition.Or(some);
    }

    /** Returns the conditions of which those rows fulfil one that come after the value by this key alone. */
    private static List<Condition> beyond(SortKey key, Operand operand, @Nullable Object value) {
        boolean nullsFollow = key.nulls() == SortKey.Nulls.LAST;
        if (value == null) {
            return nullsFollow ? List.of() : List.of(new Condition.Not(new Condition.IsNull(operand)));
        }
        boolean ascending = key.direction() == SortKey.Direction.ASCENDING;
        List<Condition> some = new ArrayList<>();
        some.add(new Condition.Compare(
                operand, ascending ? Condition.Comparison.GREATER : Condition.Comparison.LESS, value));
        if (operand.kind() == ColumnKind.OTHER && isInsideJson(operand)) {
            int own = sort(value);
            for (Sort further : ascending ? SORTS.subList(own + 1, SORTS.size()) : SORTS.subList(0, own)) {
                some.add(further.holds(operand));
            }
        }
        if (nullsFollow) {
            some.add(new Condition.IsNull(operand));
        }
        return some;
    }

    /** Returns the place among {@link #SORTS} of a scalar of JSON. */
    private static int sort(Object value) {
        return value instanceof Boolean ? 0 : value instanceof Number ? 1 : 2;
    }

    /**
     * Tells whether the operand's values are those of a column of a type that korm does not know, which only its database can
     * compare with a constant.
     */
    public static boolean isForeign(Operand operand) {
        return operand.kind() == ColumnKind.OTHER && !isInsideJson(operand);
    }

    /**
     * Tells whether a layer can be asked for what comes behind a value of a key.
     *
     * @param pushdown which conditions it evaluates
     */
    public static boolean canContinue(SortKey key, Predicate<Condition> pushdown) {
        if (!(key.output() instanceof Output.Value value)) {
            return false;
        }
        Operand operand = value.operand();
        return pushdown.test(new Condition.IsNull(operand))
                && samples(operand).stream().allMatch(sample -> Stream.of(
                                Condition.Comparison.LESS, Condition.Comparison.EQUAL, Condition.Comparison.GREATER)
                        .allMatch(comparison -> pushdown.test(new Condition.Compare(operand, comparison, sample))));
    }

    /** Returns a value of each sort that the operand can have. */
    private static List<Object> samples(Operand operand) {
        return switch (operand.kind()) {
            case INTEGER -> List.of(0L);
            case REAL -> List.of(0.0);
            case DECIMAL -> List.of(BigDecimal.ZERO);
            case BOOLEAN -> List.of(false);
            case BYTES -> List.of(isInsideJson(operand) ? "" : new byte[0]);
            case OTHER -> isForeign(operand) ? List.of("") : List.of(false, 0L, "");
            case ID, TEXT, RN, FINGERPRINT, JSON, ENCRYPTED -> List.of("");
        };
    }

    private static boolean isInsideJson(Operand operand) {
        return operand instanceof Operand.Coalesce first
                ? first.operands().stream().allMatch(Keyset::isInsideJson)
                : operand instanceof Operand.Json
                        || operand instanceof Operand.Absent
                        || operand instanceof Operand.Constant;
    }

    private static Condition same(Operand operand, @Nullable Object value) {
        return value == null
                ? new Condition.IsNull(operand)
                : new Condition.Compare(operand, Condition.Comparison.EQUAL, value);
    }
}
