package dev.korm.testkit.contract;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.gt;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.Encrypted;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.PathException;
import dev.korm.Pool;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.deletion.SoftDelete;
import dev.korm.schema.ConversionException;
import dev.korm.schema.ConversionProgress;
import dev.korm.schema.ConversionProgress.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The conversion of a field's values by a function. Every layer passes it that can put a column in the place of another. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class ConversionContract extends PoolContract {
    @Stored(namespace = "clinic", kind = "patient")
    @SoftDelete
    record Texts(String name, @Indexed @Nullable String age) {}

    @Stored(namespace = "clinic", kind = "patient")
    @SoftDelete
    record Numbers(String name, @Indexed @Nullable Integer age) {}

    @Stored(namespace = "clinic", kind = "patient")
    @SoftDelete
    record Required(String name, int age) {}

    @Stored(namespace = "clinic", kind = "patient")
    record Distinct(String name, @Nullable Unique<Integer> age) {}

    @Stored(namespace = "clinic", kind = "bed")
    record UniqueTexts(@Nullable Unique<String> number) {}

    @Stored(namespace = "clinic", kind = "bed")
    record UniqueNumbers(@Nullable Unique<Long> number) {}

    @Stored(namespace = "clinic", kind = "ward")
    record Wards(Address address) {}

    @Stored(namespace = "clinic", kind = "ward")
    record Cities(String address) {}

    record Referring(Rn<Texts> age, Encrypted<String> name) {}

    private Items<Texts> texts() {
        return Korm.item(Texts.class, pool());
    }

    private Items<Numbers> numbers() {
        return Korm.item(Numbers.class, pool());
    }

    private Item<Texts> patient(String name, @Nullable String age) {
        return texts().fromData(new Texts(name, age)).create();
    }

    private void patients(int count) {
        List<dev.korm.FloatingItem<Texts>> many = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            many.add(texts().fromData(new Texts("p" + i, i % 10 == 9 ? null : " " + i)));
        }
        Korm.createAll(many);
    }

    private long convert() {
        return numbers().convert("age", text -> Integer.valueOf(text.strip())).run();
    }

    @Test
    void texts_become_numbers_and_are_found_as_such() {
        Item<Texts> abe = patient("Abe", "41 ");
        patient("Bea", "7");
        patient("Cid", null);
        List<ConversionProgress> told = new ArrayList<>();
        assertThat(numbers()
                        .convert("age", text -> Integer.valueOf(text.strip()))
                        .onProgress(told::add)
                        .run())
                .isEqualTo(2);
        assertThat(told)
                .allMatch(progress -> progress.total() == 2 && progress.field().equals("age"));
        assertThat(told.stream().filter(progress -> progress.done() == 2).map(ConversionProgress::step))
                .contains(Step.CHECK, Step.CONVERT);
        assertThat(numbers().query().orderBy(asc("age")).get())
                .extracting(Item::data)
                .contains(new Numbers("Abe", 41), new Numbers("Bea", 7), new Numbers("Cid", null));
        assertThat(numbers().query().where(gt(Numbers::age, 10)).count()).isEqualTo(1);
        assertThat(numbers().query().sum("age").intValue()).isEqualTo(48);
        Item<Numbers> read = numbers().fromRn(abe.rn().toString()).get();
        assertThat(read.revision()).isEqualTo(abe.revision());
        assertThat(read.set(Numbers::age, 42).commit().reload().data().age()).isEqualTo(42);
        Document document = Korm.item(Document.class, pool())
                .fromRn(abe.rn().toString())
                .get()
                .data();
        assertThat(document.asMap()).containsOnlyKeys("name", "age");
        assertThat(convert()).isZero();
    }

    @Test
    void a_value_that_cannot_be_converted_is_named_by_its_item_and_nothing_is_changed() {
        Item<Texts> abe = patient("Abe", "secret-value");
        patient("Bea", "7");
        patient("Cid", "99999999999");
        ConversionException refused = catchThrowableOfType(ConversionException.class, this::convert);
        assertThat(refused.failed()).isEqualTo(2);
        assertThat(refused.items())
                .extracting(Rn::toString)
                .hasSize(2)
                .contains(abe.rn().toString());
        assertThat(refused)
                .hasMessageContaining("nothing was changed")
                .hasMessageNotContaining("secret")
                .hasNoCause();
        assertThat(texts().query().count()).isEqualTo(3);
        assertThat(texts().query().where(eq(Texts::age, "secret-value")).count())
                .isEqualTo(1);
        abe.set(Texts::age, "1").commit();
        assertThat(numbers()
                        .convert("age", text -> (int) Math.min(1000, Long.parseLong(text)))
                        .run())
                .isEqualTo(3);
        assertThat(numbers().query().where(eq(Numbers::age, 1000)).count()).isEqualTo(1);
    }

    @Test
    void a_result_that_the_field_does_not_take_counts_as_one_that_cannot_be_converted() {
        patient("Abe", "1");
        assertThatThrownBy(() -> Korm.item(Required.class, pool())
                        .convert("age", text -> null)
                        .run())
                .isInstanceOf(ConversionException.class)
                .hasMessageContaining("does not fit");
        assertThatThrownBy(() -> numbers().convert("age", text -> "x").run()).isInstanceOf(ConversionException.class);
        assertThat(texts().query().where(eq(Texts::age, "1")).count()).isEqualTo(1);
    }

    @Test
    void a_run_that_was_cut_off_changed_nothing_and_the_next_one_converts_all_by_its_own_function() {
        patients(1200);
        assertThatThrownBy(() -> numbers()
                        .convert("age", text -> -1)
                        .onProgress(progress -> {
                            if (progress.step() == Step.CONVERT && progress.done() > 600) {
                                throw new IllegalStateException("cut off");
                            }
                        })
                        .run())
                .isInstanceOf(IllegalStateException.class);
        assertThat(texts().query().where(eq(Texts::age, " 7")).count()).isEqualTo(1);
        patient("late", "5000");
        assertThat(convert()).isEqualTo(1081);
        assertThat(numbers().query().where(eq(Numbers::age, -1)).count()).isZero();
        assertThat(numbers().query().where(eq(Numbers::age, 5000)).count()).isEqualTo(1);
        assertThat(numbers().query().where(eq(Numbers::age, 7)).count()).isEqualTo(1);
    }

    @Test
    void what_programs_with_the_old_record_change_meanwhile_is_converted_too() {
        patients(600);
        Item<Texts> first = texts().query().where(eq("name", "p1")).first().orElseThrow();
        Item<Texts> second = texts().query().where(eq("name", "p2")).first().orElseThrow();
        Item<Texts> third = texts().query().where(eq("name", "p3")).first().orElseThrow();
        Item<Texts> kept = texts().query().where(eq("name", "p4")).first().orElseThrow();
        boolean[] changed = {false};
        numbers()
                .convert("age", text -> Integer.valueOf(text.strip()))
                .onProgress(progress -> {
                    if (progress.step() == Step.CONVERT && progress.done() >= 540 && !changed[0]) {
                        changed[0] = true;
                        try (Pool other = Korm.pool().layer("main", source()).open()) {
                            Items<Texts> old = Korm.item(Texts.class, other);
                            old.fromData(new Texts("new", "1000")).create();
                            old.fromRn(first.rn()).get().set(Texts::age, "1001").commit();
                            old.fromRn(second.rn()).get().set(Texts::age, null).commit();
                            old.fromRn(third.rn()).get().delete();
                            old.fromRn(kept.rn()).get().delete();
                        }
                    }
                })
                .run();
        assertThat(changed[0]).isTrue();
        assertThat(age("new")).isEqualTo(1000);
        assertThat(age("p1")).isEqualTo(1001);
        assertThat(age("p2")).isNull();
        assertThat(numbers().query().where(eq("name", "p3")).count()).isZero();
        assertThat(numbers().restore(Rn.parse(kept.rn().toString())).data().age())
                .isEqualTo(4);
    }

    private @Nullable Integer age(String name) {
        return numbers()
                .query()
                .where(eq("name", name))
                .first()
                .orElseThrow()
                .data()
                .age();
    }

    @Test
    void a_unique_field_stays_unique_and_is_left_alone_where_it_would_not() {
        Items<UniqueTexts> old = Korm.item(UniqueTexts.class, pool());
        Items<UniqueNumbers> beds = Korm.item(UniqueNumbers.class, pool());
        Item<UniqueTexts> one = old.fromData(new UniqueTexts(Unique.of("1"))).create();
        Item<UniqueTexts> same = old.fromData(new UniqueTexts(Unique.of("01"))).create();
        DuplicateException refused =
                catchThrowableOfType(DuplicateException.class, () -> beds.convert("number", Long::valueOf)
                        .run());
        assertThat(refused.getMessage()).contains(one.rn().toString(), same.rn().toString());
        assertThat(old.query().where(eq("number", "01")).count()).isEqualTo(1);
        same.set("number", Unique.of("2")).commit();
        assertThat(beds.convert("number", Long::valueOf).run()).isEqualTo(2);
        assertThatThrownBy(() -> beds.fromData(new UniqueNumbers(Unique.of(2L))).create())
                .isInstanceOf(DuplicateException.class);
        beds.fromData(new UniqueNumbers(Unique.of(3L))).create();
        assertThat(beds.query().where(eq("number", 2)).get())
                .extracting(item -> item.rn().toString())
                .containsExactly(same.rn().toString());
    }

    @Test
    void a_field_of_any_plain_type_may_become_one_of_another() {
        Items<Wards> wards = Korm.item(Wards.class, pool());
        wards.fromData(new Wards(new Address("Ulm", null, 7))).create();
        Items<Cities> cities = Korm.item(Cities.class, pool());
        assertThat(cities.convert("address", Address.class, Address::city).run())
                .isEqualTo(1);
        assertThat(cities.query().where(eq(Cities::address, "Ulm")).count()).isEqualTo(1);
    }

    @Stored(namespace = "clinic", kind = "ward")
    record Flags(boolean address) {}

    @Stored(namespace = "clinic", kind = "ward")
    record Counts(int address) {}

    @Test
    void booleans_become_numbers_that_filters_and_sums_see() {
        Korm.createAll(List.of(
                Korm.item(Flags.class, pool()).fromData(new Flags(true)),
                Korm.item(Flags.class, pool()).fromData(new Flags(false))));
        Items<Counts> counts = Korm.item(Counts.class, pool());
        assertThatThrownBy(() -> counts.query().where(eq("address", 1)).count()).isInstanceOf(SchemaException.class);
        assertThat(counts.convert("address", Boolean.class, flag -> flag ? 1 : 0)
                        .run())
                .isEqualTo(2);
        assertThat(counts.query().where(eq("address", 1)).count()).isEqualTo(1);
        assertThat(counts.query().sum("address")).isEqualTo(1L);
    }

    @Test
    void a_conversion_that_cannot_be_is_refused_before_anything_is_read() {
        patient("Abe", "1");
        assertThatThrownBy(() -> texts().convert("age", text -> text))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("another name");
        assertThatThrownBy(() -> numbers().convert("year", text -> text)).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> Korm.item(Document.class, pool()).convert("age", text -> text))
                .isInstanceOf(PathException.class);
        Items<Referring> referring = Korm.item(Referring.class, pool());
        assertThatThrownBy(() -> referring.convert("age", text -> null)).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> referring.convert("name", text -> null)).isInstanceOf(QueryException.class);
        assertThatThrownBy(
                        () -> numbers().convert("age", Boolean.class, yes -> 1).run())
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("second argument");
        assertThatThrownBy(() -> numbers().convert("age", Integer::valueOf).of(Rn.parse("[rn]:clinic:ward:*")))
                .isInstanceOf(QueryException.class);
        assertThat(texts().query().where(everything()).count()).isEqualTo(1);
    }

    @Test
    void nothing_that_is_there_is_nothing_to_convert() {
        assertThat(convert()).isZero();
        patient("Abe", null);
        assertThat(Korm.item(Distinct.class, pool())
                        .convert("age", Integer::valueOf)
                        .run())
                .isZero();
        Korm.item(Distinct.class, pool())
                .fromData(new Distinct("Bea", Unique.of(4)))
                .create();
    }
}
