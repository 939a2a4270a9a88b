package dev.korm.spi.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final TableName CARS = TableName.items("cars", "suv");
    private static final TableName USERS = TableName.items("users", "basic");
    private static final TableName FIRMS = TableName.items("firms", "any");

    private static final Operand.Column YEAR = new Operand.Column(0, "year", ColumnKind.INTEGER);
    private static final Operand.Column OWNER = new Operand.Column(0, "owner", ColumnKind.RN);
    private static final Operand.Column PARTS = new Operand.Column(0, "parts", ColumnKind.JSON);
    private static final Operand.Column NAME = new Operand.Column(1, "name", ColumnKind.TEXT);
    private static final Operand.Column FIRM = new Operand.Column(3, "name", ColumnKind.TEXT);
    private static final Operand MAKER = new Operand.Json(
            new Operand.Element(2), new JsonPath(List.of(new JsonPath.Member("maker"))), ColumnKind.RN);

    private static final Join TO_OWNER = new Join(1, OWNER, USERS);
    private static final Join TO_MAKER = new Join(3, MAKER, FIRMS);

    private static final Condition RECENT = new Condition.Compare(YEAR, Condition.Comparison.GREATER, 2010L);
    private static final Condition OWNED = new Condition.Not(new Condition.IsNull(OWNER));
    private static final Condition NAMED =
            new Condition.Or(List.of(new Condition.OneOf(NAME, List.of("Fred")), matches(NAME)));
    private static final Condition BUILT =
            new Condition.AnyElement(2, PARTS, Condition.Members.ENTRIES, List.of(TO_MAKER), matches(FIRM));
    private static final Condition REFERS = new Condition.RefersTo(OWNER, "main", USERS, List.of("1"));
    private static final Condition ALL_KINDS = new Condition.And(
            List.of(RECENT, new Condition.And(List.of(OWNED, NAMED)), BUILT, REFERS, Condition.ALWAYS));

    @Test
    void the_conjuncts_are_what_has_to_hold_and_nothing_else() {
        assertThat(ALL_KINDS.conjuncts()).containsExactly(RECENT, OWNED, NAMED, BUILT, REFERS);
        assertThat(NAMED.conjuncts()).containsExactly(NAMED);
        assertThat(Condition.ALWAYS.conjuncts()).isEmpty();
    }

    @Test
    void walking_meets_every_condition_before_those_it_is_made_of() {
        assertThat(new Condition.Not(BUILT).walk()).containsExactly(new Condition.Not(BUILT), BUILT, matches(FIRM));
        assertThat(ALL_KINDS.walk()).hasSize(10).startsWith(ALL_KINDS, RECENT);
    }

    @Test
    void an_operand_can_be_put_in_the_place_of_another_wherever_it_stands() {
        Condition moved = moved(ALL_KINDS);
        assertThat(looked(ALL_KINDS)).contains(0, 1, 3).doesNotContain(10, 11, 13);
        assertThat(looked(moved)).contains(10, 11, 13).doesNotContain(0, 1, 3);
        assertThat(moved.walk()).hasSameSizeAs(ALL_KINDS.walk().toList());
        assertThat(unchanged(ALL_KINDS)).isEqualTo(ALL_KINDS);
    }

    @Test
    void the_sources_of_an_operand_are_those_of_all_that_it_takes_its_value_from() {
        Operand first = new Operand.Coalesce(List.of(
                NAME, FIRM, new Operand.Json(PARTS, JsonPath.ROOT, ColumnKind.TEXT), new Operand.Absent(NAME.kind())));
        assertThat(first.sources()).containsExactly(1, 3, 0);
        assertThat(first.columns()).containsExactly(NAME, FIRM, PARTS);
        assertThat(MAKER.sources()).containsExactly(2);
        assertThat(MAKER.columns()).isEmpty();
    }

    @Test
    void tables_are_found_behind_joins_and_behind_those_from_elements() {
        assertThat(selection(ALL_KINDS).tables())
                .containsExactly(Map.entry(0, CARS), Map.entry(1, USERS), Map.entry(3, FIRMS));
        assertThat(selection(new Condition.Not(BUILT)).joinsBySource())
                .containsExactly(Map.entry(1, TO_OWNER), Map.entry(3, TO_MAKER));
    }

    @Test
    void columns_are_found_wherever_a_selection_looks() {
        Operand.Column price = new Operand.Column(0, "price", ColumnKind.DECIMAL);
        Operand.Column make = new Operand.Column(0, "make", ColumnKind.TEXT);
        Operand.Column city = new Operand.Column(1, "city", ColumnKind.TEXT);
        Selection selection = new Selection(
                CARS,
                List.of(TO_OWNER),
                List.of(new Output.Value(make), new Output.Count()),
                BUILT,
                List.of(make, city),
                List.of(new SortKey(
                        new Output.Aggregate(Output.Function.SUM, price),
                        SortKey.Direction.ASCENDING,
                        SortKey.Nulls.FIRST)),
                OptionalLong.empty());
        assertThat(selection.columnsBySource())
                .isEqualTo(Map.of(0, Set.of(OWNER, PARTS, make, price), 1, Set.of(city), 3, Set.of(FIRM)));
    }

    @Test
    void an_answer_is_grouped_when_rows_are_grouped_or_counted() {
        Selection rows = selection(Condition.ALWAYS);
        assertThat(rows.isGrouped()).isFalse();
        assertThat(with(List.of(new Output.Value(YEAR)), List.of()).isGrouped()).isFalse();
        assertThat(with(List.of(new Output.Value(YEAR)), List.of(YEAR)).isGrouped())
                .isTrue();
        assertThat(with(List.of(new Output.Count()), List.of()).isGrouped()).isTrue();
        assertThat(with(List.of(new Output.Aggregate(Output.Function.SUM, YEAR)), List.of())
                        .isGrouped())
                .isTrue();
    }

    private static Selection with(List<Output> outputs, List<Operand> groupBy) {
        return new Selection(CARS, List.of(), outputs, Condition.ALWAYS, groupBy, List.of(), OptionalLong.empty());
    }

    private static Condition moved(Condition condition) {
        return condition.map(SelectionTest::moved).mapOperands(SelectionTest::moved);
    }

    private static Operand moved(Operand operand) {
        return operand instanceof Operand.Column column
                ? new Operand.Column(column.source() + 10, column.name(), column.kind())
                : operand.map(SelectionTest::moved);
    }

    private static Condition unchanged(Condition condition) {
        return condition.map(SelectionTest::unchanged).mapOperands(operand -> operand.map(inner -> inner));
    }

    private static Stream<Integer> looked(Condition condition) {
        return condition
                .walk()
                .flatMap(each -> each.operands().stream())
                .flatMap(operand -> operand.sources().stream());
    }

    private static Selection selection(Condition where) {
        return new Selection(CARS, List.of(TO_OWNER), List.of(), where, List.of(), List.of(), OptionalLong.empty());
    }

    private static Condition matches(Operand operand) {
        return new Condition.Matches(
                operand, new TextPattern(List.of(new TextPattern.AnyText()), TextPattern.Case.SENSITIVE));
    }
}
