package dev.korm.testkit.contract;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.between;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.lt;
import static dev.korm.Filter.ne;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConflictException;
import dev.korm.Document;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Name;
import dev.korm.Rn;
import dev.korm.UncommittedItem;
import dev.korm.UnknownNameException;
import dev.korm.ValueException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows that hold the name of a constant or subtype that the program does not have, and ends of ranges that no row can hold. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class UnknownNameContract extends PoolContract {
    private static final String SPACE = "shop";
    private static final String KIND = "order";

    enum OldState {
        OPEN,
        SHIPPED,
        CANCELED
    }

    sealed interface OldPay {}

    record Cash(int coins) implements OldPay {}

    record Cheque(String bank) implements OldPay {}

    record OldOrder(
            String name,
            OldState state,
            OldPay pay,
            @Nullable Rn<NewOrder> next) {}

    enum NewState {
        OPEN,
        @Name("SHIPPED")
        SENT
    }

    sealed interface NewPay {}

    @Name("Cash")
    record Money(int coins) implements NewPay {}

    record NewOrder(
            String name,
            NewState state,
            NewPay pay,
            @Nullable Rn<NewOrder> next) {}

    record Dated(String name, Instant at, LocalDate day, LocalDateTime local, YearMonth month, Duration length) {}

    private Items<NewOrder> orders() {
        return Korm.item(NewOrder.class, pool());
    }

    private Rn<NewOrder> old(String name, OldState state, OldPay pay, @Nullable Rn<NewOrder> next) {
        Item<OldOrder> item = Korm.item(OldOrder.class, pool())
                .fromData(SPACE, KIND, new OldOrder(name, state, pay, next))
                .create();
        return Rn.parse(item.rn().toString());
    }

    @Test
    void a_row_with_a_constant_or_subtype_that_is_gone_arrives_and_says_so_when_its_data_is_read() {
        Rn<NewOrder> a = old("a", OldState.OPEN, new Cash(1), null);
        Rn<NewOrder> b = old("b", OldState.CANCELED, new Cash(2), a);
        Rn<NewOrder> c = old("c", OldState.OPEN, new Cheque("x"), b);
        Rn<NewOrder> d = old("d", OldState.SHIPPED, new Cash(4), b);
        List<Item<NewOrder>> all = orders().fromQuery(SPACE, KIND)
                .orderBy(asc("name"))
                .resolvePaths("next.next")
                .get();
        assertThat(all).extracting(Item::rn).containsExactly(a, b, c, d);
        assertThat(all.get(0).data().pay()).isEqualTo(new Money(1));
        assertThat(all.get(3).data().state()).isEqualTo(NewState.SENT);
        assertThatThrownBy(() -> all.get(1).data())
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContainingAll("state", b.toString(), "NewState", "@Name")
                .hasMessageNotContaining("CANCELED");
        assertThatThrownBy(() -> all.get(2).data())
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContainingAll("pay", c.toString(), "Cash");
        assertThatThrownBy(() -> all.get(3).data().next().get())
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContaining(b.toString());
        assertThat(all.get(1)).isEqualTo(orders().fromRn(b).get()).isNotEqualTo(all.get(2));
        assertThat(all.get(1).revision()).isPositive();
        assertThat(orders().fromQuery(SPACE, KIND).stream().count()).isEqualTo(4);
        assertThat(orders().fromQuery(SPACE, KIND).groupBy("state").select()).hasSize(3);
        pool().runTransaction(tx -> {
            assertThat(tx.item(NewOrder.class)
                            .fromRn(d)
                            .resolvePaths("next")
                            .get()
                            .data()
                            .name())
                    .isEqualTo("d");
            tx.update(tx.item(NewOrder.class).fromRn(a).get().set(NewOrder::name, "aa"));
        });
        assertThat(all.get(3).set(NewOrder::name, "dd").commit().data().name()).isEqualTo("dd");
        Document corrected = documents().fromRn(Rn.parse(b.toString())).get().data();
        assertThat(corrected.get("state")).contains("CANCELED");
        documents().fromRn(Rn.parse(b.toString())).get().set("state", "OPEN").commit();
        assertThat(orders().fromRn(b).get().data().state()).isEqualTo(NewState.OPEN);
    }

    @Test
    void a_change_that_replaces_the_fields_with_names_that_are_gone_is_stored_and_no_other() {
        Rn<NewOrder> a = old("a", OldState.CANCELED, new Cash(1), null);
        Item<NewOrder> item = orders().fromRn(a).get();
        UncommittedItem<NewOrder> changed = item.set(NewOrder::state, NewState.OPEN);
        assertThat(changed.changedFields()).containsExactly("state");
        assertThat(changed.data()).isEqualTo(new NewOrder("a", NewState.OPEN, new Money(1), null));
        Item<NewOrder> stored = changed.set(NewOrder::name, "aa").commit();
        assertThat(stored.revision()).isEqualTo(item.revision() + 1);
        assertThat(orders().fromRn(a).get()).isEqualTo(stored);
        assertThat(stored.data()).isEqualTo(new NewOrder("aa", NewState.OPEN, new Money(1), null));
        assertThatThrownBy(() -> item.set("state", NewState.SENT).commit()).isInstanceOf(ConflictException.class);

        Rn<NewOrder> b = old("b", OldState.CANCELED, new Cheque("x"), a);
        Item<NewOrder> both = orders().fromRn(b).get();
        assertThatThrownBy(() -> both.set(NewOrder::name, "bb")).isInstanceOf(UnknownNameException.class);
        assertThatThrownBy(() -> both.set(NewOrder::state, NewState.OPEN))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContaining("\"pay");
        assertThatThrownBy(() -> both.set("pay.coins", 1)).isInstanceOf(UnknownNameException.class);
        assertThatThrownBy(() -> both.apply(set("state", "nowhere"), set("pay", new Money(3))))
                .isInstanceOf(ValueException.class);
        Item<NewOrder> applied = both.apply(set("state", NewState.SENT), set("pay", new Money(3)), set("name", "bb"))
                .commit();
        assertThat(orders().fromRn(b).get()).isEqualTo(applied);
        assertThat(applied.data()).isEqualTo(new NewOrder("bb", NewState.SENT, new Money(3), a));

        Rn<NewOrder> c = old("c", OldState.CANCELED, new Cash(1), null);
        pool().runTransaction(tx -> {
            Item<NewOrder> inside = tx.item(NewOrder.class).fromRn(c).get();
            tx.update(inside.set(NewOrder::state, NewState.OPEN));
            assertThat(tx.item(NewOrder.class).fromRn(c).get().data().state()).isEqualTo(NewState.OPEN);
        });
        assertThat(documents().fromRn(Rn.parse(c.toString())).get().data().get("state"))
                .contains("OPEN");
    }

    @Test
    void a_constant_is_stored_and_found_under_the_name_it_says() {
        Rn<NewOrder> a = old("a", OldState.SHIPPED, new Cash(1), null);
        Item<NewOrder> b = orders().fromData(SPACE, KIND, new NewOrder("b", NewState.SENT, new Money(2), null))
                .create();
        assertThat(documents().fromRn(Rn.parse(b.rn().toString())).get().data().get("state"))
                .contains("SHIPPED");
        assertThat(orders().fromQuery(SPACE, KIND)
                        .where(eq(NewOrder::state, NewState.SENT))
                        .orderBy(asc("name"))
                        .get())
                .extracting(Item::rn)
                .containsExactly(a, b.rn());
    }

    private List<String> found(Filter filter) {
        return Korm.item(Dated.class, pool())
                .fromQuery(SPACE, "dated")
                .where(filter)
                .orderBy(asc("name"))
                .get()
                .stream()
                .map(item -> item.data().name())
                .toList();
    }

    @Test
    void open_ends_of_time_are_ends_in_filters() {
        Items<Dated> dated = Korm.item(Dated.class, pool());
        Instant early = Instant.parse("0000-01-01T00:00:00Z");
        Instant late = Instant.parse("9999-12-31T23:59:59.999999999Z");
        LocalDate first = LocalDate.of(0, 1, 1);
        LocalDate last = LocalDate.of(9999, 12, 31);
        dated.fromData(
                        SPACE,
                        "dated",
                        new Dated("a", early, first, first.atStartOfDay(), YearMonth.from(first), Duration.ofDays(-9)))
                .create();
        dated.fromData(
                        SPACE,
                        "dated",
                        new Dated("b", late, last, last.atTime(23, 59), YearMonth.from(last), Duration.ofDays(9)))
                .create();
        for (Filter all : List.of(
                between("at", Instant.MIN, Instant.MAX),
                between("day", LocalDate.MIN, LocalDate.MAX),
                between("local", LocalDateTime.MIN, LocalDateTime.MAX),
                between("month", YearMonth.of(-1, 1), YearMonth.of(99_999, 1)),
                lt("at", Instant.MAX),
                gt("at", Instant.MIN),
                ne("at", Instant.MAX),
                lt("length", Duration.ofSeconds(Long.MAX_VALUE)),
                gt("length", Duration.ofSeconds(Long.MIN_VALUE)))) {
            assertThat(found(all)).as(all.toString()).containsExactly("a", "b");
        }
        for (Filter none : List.of(
                gt("at", Instant.MAX),
                lt("at", Instant.MIN),
                eq("at", Instant.MAX),
                gt("day", LocalDate.MAX),
                gt("length", Duration.ofSeconds(Long.MAX_VALUE)))) {
            assertThat(found(none)).as(none.toString()).isEmpty();
        }
    }
}
