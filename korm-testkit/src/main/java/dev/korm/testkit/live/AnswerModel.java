package dev.korm.testkit.live;

import dev.korm.Item;
import dev.korm.Rn;
import dev.korm.testkit.live.RandomLiveQueriesContract.Group;
import dev.korm.testkit.live.RandomLiveQueriesContract.Person;
import dev.korm.testkit.live.RandomLiveQueriesContract.Thing;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answers of random queries worked out over plain lists, by nothing that korm answers them with: so they can be had of moments that no store can be asked at any more. Conditions are true, false, or, where a
 * value is missing, null.
 */
final class AnswerModel {
    private AnswerModel() {}

    /** The things that one layer held behind a commit, and the groups that they name. */
    record Home(List<Item<Thing>> things, Map<Rn<Group>, Group> groups) {}

    /** A thing with what its references lead to. */
    record Row(
            Item<Thing> item,
            @Nullable Person owner,
            @Nullable Group group,
            @Nullable Person leader) {
        Thing thing() {
            return item.data();
        }
    }

    /** A condition of a filter. */
    interface Condition {
        @Nullable Boolean of(Row row);

        default Condition and(Condition other) {
            return row -> joined(of(row), other.of(row), Boolean.FALSE);
        }

        default Condition or(Condition other) {
            return row -> joined(of(row), other.of(row), Boolean.TRUE);
        }

        default Condition not() {
            return row -> {
                Boolean one = of(row);
                return one == null ? null : !one;
            };
        }
    }

    /** Returns a condition of a value, which is unknown where there is none. */
    static <V> Condition of(Function<Row, @Nullable V> value, Function<V, Boolean> condition) {
        return row -> {
            V found = value.apply(row);
            return found == null ? null : condition.apply(found);
        };
    }

    /** A field that rows are put in order by; nulls are at the end where it ascends. */
    record Key(Function<Row, @Nullable Comparable<?>> value, boolean descending) {}

    /**
     * A query.
     *
     * @param limit 0 where there is none
     */
    record Question(Condition condition, List<Key> order, int limit) {}

    /** Returns the answer to a question, in order; by id where it asks for none. */
    static List<Item<Thing>> answer(Question question, Home home, Map<Rn<Person>, Person> persons) {
        Comparator<Row> order = Comparator.comparing(row -> row.item().rn().toString());
        if (!question.order().isEmpty()
                && question.order().get(question.order().size() - 1).descending()) {
            order = order.reversed();
        }
        for (int i = question.order().size() - 1; i >= 0; i--) {
            order = comparator(question.order().get(i)).thenComparing(order);
        }
        return home.things().stream()
                .map(item -> row(item, home, persons))
                .filter(row -> isTrue(question.condition().of(row)))
                .sorted(order)
                .limit(question.limit() == 0 ? Long.MAX_VALUE : question.limit())
                .map(Row::item)
                .toList();
    }

    private static Row row(Item<Thing> item, Home home, Map<Rn<Person>, Person> persons) {
        Rn<Group> named = item.data().group();
        Group group = named == null ? null : home.groups().get(named);
        return new Row(
                item,
                found(item.data().owner(), persons),
                group,
                group == null ? null : found(group.leader(), persons));
    }

    private static @Nullable Person found(@Nullable Rn<Person> named, Map<Rn<Person>, Person> persons) {
        return named == null ? null : persons.get(named);
    }

    private static Comparator<Row> comparator(Key key) {
        @SuppressWarnings("unchecked") // Both are values of one field.
        Comparator<Comparable<?>> values = (one, other) -> ((Comparable<Object>) one).compareTo(other);
        Comparator<Row> ascending = Comparator.comparing(key.value(), Comparator.nullsLast(values));
        return key.descending() ? ascending.reversed() : ascending;
    }

    /** Returns what decides where one of the two is that; unknown where one is unknown then; else the other. */
    private static @Nullable Boolean joined(@Nullable Boolean one, @Nullable Boolean two, Boolean decides) {
        if (decides.equals(one) || decides.equals(two)) {
            return decides;
        }
        return (one == null || two == null) ? null : !decides;
    }

    private static boolean isTrue(@Nullable Boolean known) {
        return known != null && known;
    }
}
