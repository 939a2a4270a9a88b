package dev.korm.testkit.contract;

import static dev.korm.Aggregate.count;
import static dev.korm.Assignment.set;
import static dev.korm.Filter.any;
import static dev.korm.Filter.between;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.exists;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.not;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.Default;
import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.Filter;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.ModelException;
import dev.korm.Name;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.SchemaException;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.schema.ColumnLoss;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.ConcurrentTest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The way in which tables follow records and documents. Every layer passes it; its {@link #source()} answers the same
 * store each time within one test, since several pools work on it.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class SchemaContract extends PoolContract {
    private static final String SPACE = "people";
    private static final String KIND = "plain";

    record Person(String name) {}

    record Aged(String name, @Nullable Integer age, Optional<String> note) {}

    record Strict(String name, int age) {}

    record Placed(String name, @Nullable Address code) {}

    record Demanding(String name, String code) {
        Demanding {
            Objects.requireNonNull(code);
        }
    }

    record Declared(
            String name,
            @Default("4") int legs,
            @Default("7") int eyes) {}

    record Legged(String name, int legs) {}

    record LeggedToo(
            String name,
            int legs,
            @Name("pairs") @Default("2") int eyes) {}

    record Coded(String name, @Nullable String code) {}

    record Numbered(String name, @Nullable Long code) {}

    record UniqueText(String name, @Nullable Unique<String> code) {}

    record UniqueNumber(String name, @Nullable Unique<Long> code) {}

    record Whole(String name, @Nullable Long n) {}

    record Real(String name, @Nullable Double n) {}

    @SuppressWarnings("ArrayRecordComponent") // Bytes are one of the kinds.
    record Kinds(
            @Nullable Boolean flag,
            @Nullable Long whole,
            @Nullable Double real,
            @Nullable BigDecimal decimal,
            @Nullable String text,
            byte @Nullable [] bytes,
            @Nullable Address nested,
            @Nullable Rn<Person> friend) {
        static final Kinds NOTHING = new Kinds(null, null, null, null, null, null, null, null);
    }

    record Renamed(@Name("class") String category, @Nullable Inner inner) {}

    record Inner(@Name("in-class") String category) {}

    record Plain(String make, int year, Address home) {}

    @Indexed({"make", "year"})
    @Indexed("home.city")
    record Quick(String make, @Indexed int year, Address home) {}

    private <T> Items<T> items(Class<T> type) {
        return Korm.item(type, pool());
    }

    private <T> Item<T> create(Class<T> type, T data) {
        return items(type).fromData(SPACE, KIND, data).create();
    }

    private <T> List<T> all(Class<T> type) {
        return items(type).fromQuery(SPACE, KIND).orderBy(asc("name")).get().stream()
                .map(Item::data)
                .toList();
    }

    private Item<Document> create(Map<String, ?> fields) {
        return documents().fromData(SPACE, KIND, Document.of(fields)).create();
    }

    private Optional<TableSchema> table(String namespace, String kind) {
        try (Layer layer = source().open("main", Environment.system())) {
            return layer.describe(TableName.items(namespace, kind));
        }
    }

    private ColumnKind column(String name) {
        return table(SPACE, KIND).orElseThrow().column(name).orElseThrow().kind();
    }

    @Test
    void a_table_appears_with_the_first_item_and_not_before() {
        assertThat(users().query().get()).isEmpty();
        assertThat(users().fromRn("[rn]:users:freetier:3dd91ede-37a4-4c25-a86a-6f1a9e132186")
                        .find())
                .isEmpty();
        assertThat(users().query().where(everything()).updateAll(set("firstName", "X")))
                .isZero();
        assertThat(table("users", "freetier")).isEmpty();

        users().fromData(User.of("Fred", "freddie")).create();
        TableSchema schema = table("users", "freetier").orElseThrow();
        assertThat(schema.columns())
                .filteredOn(SchemaContract::isOfItems)
                .containsExactly(
                        new ColumnSchema("rnId", ColumnKind.ID),
                        new ColumnSchema("firstName", ColumnKind.TEXT),
                        new ColumnSchema("lastName", ColumnKind.TEXT),
                        new ColumnSchema("username", ColumnKind.TEXT),
                        new ColumnSchema("__korm_unique__username", ColumnKind.FINGERPRINT),
                        new ColumnSchema("boss", ColumnKind.RN),
                        new ColumnSchema("addresses", ColumnKind.JSON),
                        new ColumnSchema("__korm_unique____korm_rev__", ColumnKind.INTEGER));
        assertThat(schema.indexes())
                .filteredOn(index -> index.uniqueness() == IndexSchema.Uniqueness.UNIQUE)
                .hasSize(1);
    }

    @Test
    void a_document_makes_the_columns_of_its_values() {
        Map<String, Object> fields = new HashMap<>();
        fields.put("flag", true);
        fields.put("whole", 1.0);
        fields.put("real", 1.5);
        fields.put("decimal", new BigDecimal("1.50"));
        fields.put("text", "x");
        fields.put("bytes", new byte[] {1});
        fields.put("list", List.of(1));
        fields.put("nested", Map.of("x", 1));
        fields.put("friend", "[rn]:people:plain:3dd91ede-37a4-4c25-a86a-6f1a9e132186");
        fields.put("nothing", null);
        create(fields);
        assertThat(column("flag")).isEqualTo(ColumnKind.BOOLEAN);
        assertThat(column("whole")).isEqualTo(ColumnKind.INTEGER);
        assertThat(column("real")).isEqualTo(ColumnKind.REAL);
        assertThat(column("decimal")).isEqualTo(ColumnKind.DECIMAL);
        assertThat(column("text")).isEqualTo(ColumnKind.TEXT);
        assertThat(column("bytes")).isEqualTo(ColumnKind.BYTES);
        assertThat(column("list")).isEqualTo(ColumnKind.JSON);
        assertThat(column("nested")).isEqualTo(ColumnKind.JSON);
        assertThat(column("friend")).isEqualTo(ColumnKind.RN);
        assertThat(table(SPACE, KIND).orElseThrow().has("nothing")).isFalse();
    }

    @Test
    void new_fields_add_columns_and_are_null_in_old_items() {
        Item<Person> old = create(Person.class, new Person("Abe"));
        Items<Aged> aged = items(Aged.class);
        assertThat(all(Aged.class)).containsExactly(new Aged("Abe", null, Optional.empty()));
        assertThat(aged.fromQuery(SPACE, KIND).where(gt(Aged::age, 1)).get()).isEmpty();
        assertThat(aged.fromQuery(SPACE, KIND).where(isNull(Aged::age)).count()).isEqualTo(1);
        assertThat(table(SPACE, KIND).orElseThrow().has("age")).isFalse();

        create(Aged.class, new Aged("Bea", 30, Optional.of("new")));
        assertThat(column("age")).isEqualTo(ColumnKind.INTEGER);
        assertThat(all(Aged.class))
                .containsExactly(new Aged("Abe", null, Optional.empty()), new Aged("Bea", 30, Optional.of("new")));
        Item<Aged> changed =
                aged.fromRn(old.rn().toString()).get().set(Aged::age, 60).commit();
        assertThat(changed.reload().data().age()).isEqualTo(60);
        assertThat(old.reload().data()).isEqualTo(old.data());
    }

    @Test
    void a_change_of_many_items_adds_the_column_that_it_sets() {
        create(Person.class, new Person("Abe"));
        create(Person.class, new Person("Bea"));
        assertThat(items(Aged.class).fromQuery(SPACE, KIND).where(everything()).updateAll(set(Aged::age, 7)))
                .isEqualTo(2);
        assertThat(all(Aged.class)).extracting(Aged::age).containsExactly(7, 7);
    }

    @Test
    void a_primitive_field_that_an_old_item_lacks_says_how_to_declare_it() {
        create(Person.class, new Person("Abe"));
        assertThatThrownBy(() -> all(Strict.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("age")
                .hasMessageContaining("Optional");
        create(Strict.class, new Strict("Bea", 30));
        assertThat(items(Strict.class)
                        .fromQuery(SPACE, KIND)
                        .where(gt(Strict::age, 1))
                        .get())
                .hasSize(1);
    }

    @Test
    void a_field_of_another_kind_than_its_column_is_refused_with_a_way_out() {
        Item<Coded> abe = create(Coded.class, new Coded("Abe", "x"));
        SchemaException refused = catchThrowableOfType(
                SchemaException.class, () -> create(Numbered.class, new Numbered("Bea", 987_654_321L)));
        assertThat(refused)
                .hasMessageContaining("code")
                .hasMessageContaining("@Name")
                .hasMessageContaining("destructive");
        assertThat(refused.getMessage()).doesNotContain("987654321");
        assertThatThrownBy(
                        () -> items(Numbered.class).fromRn(abe.rn().toString()).get())
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("code");
        assertThatThrownBy(() -> items(Numbered.class)
                        .fromQuery(SPACE, KIND)
                        .where(everything())
                        .updateAll(set(Numbered::code, 5L)))
                .isInstanceOf(SchemaException.class);
        assertThatThrownBy(() -> Korm.tx(
                                users().fromData(User.of("Fred", "freddie")),
                                items(Numbered.class).fromData(SPACE, KIND, new Numbered("Bea", 5L)))
                        .persist())
                .isInstanceOf(SchemaException.class);
        assertThat(users().query().count()).isZero();
        assertThat(all(Coded.class)).containsExactly(new Coded("Abe", "x"));
    }

    @Test
    void filters_orders_and_aggregates_of_a_field_refuse_a_column_of_another_kind_as_reads_do() {
        create(Coded.class, new Coded("Abe", "5"));
        create(Coded.class, new Coded("Bea", null));
        Query<Numbered> numbered = items(Numbered.class).fromQuery(SPACE, KIND);
        for (Filter filter : List.of(
                eq(Numbered::code, 5),
                not(eq(Numbered::code, 5)),
                gt(Numbered::code, 1),
                inList("code", 5L, null),
                between("code", 1, 9),
                eq("name", "Abe").or(eq("code", 5)))) {
            assertRefused(() -> numbered.where(filter).count());
            assertRefused(() -> numbered.where(filter).exists());
            assertRefused(() -> numbered.where(filter).get());
            assertRefused(() -> numbered.where(filter).updateAll(set("name", "X")));
            assertRefused(() -> numbered.where(filter).deleteAll());
        }
        assertRefused(() -> numbered.sum("code"));
        assertRefused(() -> numbered.max("code"));
        assertRefused(() -> numbered.orderBy(asc("code")).limit(1).get());
        assertRefused(() -> numbered.groupBy("code").select(count()));
        Query<Placed> placed = items(Placed.class).fromQuery(SPACE, KIND);
        assertRefused(() -> placed.where(eq("code.city", "Rome")).count());
        assertRefused(() -> placed.where(isNull("code.city")).count());
        assertThat(numbered.where(isNull("code")).count()).isEqualTo(1);
        assertThat(numbered.where(exists("code")).count()).isEqualTo(1);
        assertThat(numbered.where(eq("name", "Bea")).get())
                .extracting(Item::data)
                .containsExactly(new Numbered("Bea", null));
        assertThat(items(Coded.class)
                        .fromQuery(SPACE, KIND)
                        .where(eq("code", "5"))
                        .count())
                .isEqualTo(1);
        Query<Document> documents = documents().fromQuery(SPACE, KIND);
        assertThat(documents.where(eq("code", 5)).count()).isZero();
        assertThat(documents.where(eq("code", "5")).count()).isEqualTo(1);
    }

    record Flagged(String name, @Nullable Boolean code) {}

    @Test
    void a_number_in_a_column_of_booleans_is_read_and_every_question_about_it_is_refused() {
        create(Flagged.class, new Flagged("Abe", true));
        create(Flagged.class, new Flagged("Bea", false));
        Query<Numbered> numbered = items(Numbered.class).fromQuery(SPACE, KIND);
        assertThat(all(Numbered.class)).containsExactly(new Numbered("Abe", 1L), new Numbered("Bea", 0L));
        for (Filter filter : List.of(
                eq(Numbered::code, 1), not(eq(Numbered::code, 1)), gt(Numbered::code, 0), inList("code", 1L, null))) {
            assertThatThrownBy(() -> numbered.where(filter).count())
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContainingAll("code", "BOOLEAN", "INTEGER", "layer \"main\"", "@Name");
        }
        assertThatThrownBy(() -> numbered.sum("code")).isInstanceOf(SchemaException.class);
        assertThatThrownBy(() -> numbered.orderBy(desc("code")).get()).isInstanceOf(SchemaException.class);
        assertThat(numbered.where(exists("code")).count()).isEqualTo(2);
        assertThatThrownBy(() -> items(Flagged.class).fromQuery(SPACE, KIND).where(eq("code", 1)))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("code");
        Query<Document> documents = documents().fromQuery(SPACE, KIND);
        assertThat(documents.where(eq("code", 1)).count()).isZero();
        assertThat(documents.where(eq("code", true)).count()).isEqualTo(1);
    }

    @Test
    void a_boolean_in_a_column_of_numbers_is_found_as_one() {
        create(Numbered.class, new Numbered("Abe", 1L));
        create(Numbered.class, new Numbered("Bea", 0L));
        create(Numbered.class, new Numbered("Cid", null));
        Query<Flagged> flagged = items(Flagged.class).fromQuery(SPACE, KIND);
        assertThat(flagged.where(eq(Flagged::code, true)).count()).isEqualTo(1);
        assertThat(flagged.where(not(eq(Flagged::code, true))).count()).isEqualTo(1);
        assertThat(flagged.where(inList("code", false, null)).count()).isEqualTo(2);
        Query<Flagged> ordered = flagged.orderBy(desc("code").nullsLast());
        assertThat(ordered.get()).extracting(item -> item.data().name()).containsExactly("Abe", "Bea", "Cid");
        Page<Flagged> first = ordered.page(1);
        Page<Flagged> second = ordered.page(1, first.next().orElseThrow());
        assertThat(first.items()).extracting(item -> item.data().name()).containsExactly("Abe");
        assertThat(second.items()).extracting(item -> item.data().name()).containsExactly("Bea");
        assertThat(flagged.groupBy("code").select(count()))
                .extracting(group -> group.key("code").orElse(null))
                .containsExactlyInAnyOrder(true, false, null);
        Query<Ticked> ticked = items(Ticked.class).fromQuery(SPACE, KIND);
        assertThat(ticked.where(eq("code", true)).count()).isEqualTo(2);
        assertThat(ticked.orderBy(desc("code"), asc("name")).get())
                .extracting(item -> item.data().name())
                .containsExactly("Abe", "Cid", "Bea");
    }

    record Ticked(String name, @Default("true") boolean code) {}

    record Entrance(@Nullable Rn<Numbered> by) {}

    @Stored(namespace = SPACE, kind = KIND)
    record Housed(String name, @Nullable Long code) {}

    record Visit(@Nullable Rn<Housed> at) {}

    @Test
    void paths_through_references_refuse_a_column_of_another_kind_as_the_collection_itself_does() {
        Item<Coded> abe = create(Coded.class, new Coded("Abe", "5"));
        items(Entrance.class).fromData(SPACE, "entrance", new Entrance(null)).create();
        Query<Entrance> entrances = items(Entrance.class).fromQuery(SPACE, "entrance");
        // Nobody refers to it, so it may be a collection of something else.
        assertThat(entrances.where(eq("by.code", 5)).count()).isZero();
        items(Entrance.class)
                .fromData(SPACE, "entrance", new Entrance(Rn.parse(abe.rn().toString())))
                .create();
        assertRefused(() -> entrances.where(eq("by.code", 5)).count());
        assertRefused(
                () -> entrances.where(eq("by.name", "Abe").or(gt("by.code", 5))).get());
        assertRefused(() -> entrances.orderBy(asc("by.code")).limit(1).get());
        assertRefused(() -> entrances.groupBy("by.code").select(count()));
        assertThat(entrances.where(eq("by.name", "Abe")).count()).isEqualTo(1);

        items(Visit.class).fromData(SPACE, "visit", new Visit(null)).create();
        Query<Visit> visits = items(Visit.class).fromQuery(SPACE, "visit");
        assertRefused(() -> visits.where(eq("at.code", 5)).count());
        assertThat(visits.where(eq("at.name", "Abe")).count()).isZero();
    }

    record Stop(String name, @Nullable Rn<Numbered> by, Map<String, Rn<Numbered>> others) {}

    record Tour(
            @Nullable Stop first,
            List<Stop> stops,
            @Nullable Rn<Tour> next) {}

    @Test
    void references_inside_nested_data_refuse_it_where_they_name_such_a_collection() {
        Item<Coded> abe = create(Coded.class, new Coded("Abe", "5"));
        Rn<Numbered> named = Rn.parse(abe.rn().toString());
        items(Tour.class)
                .fromData(SPACE, "tour", new Tour(new Stop("a", null, Map.of()), List.of(), null))
                .create();
        Query<Tour> tours = items(Tour.class).fromQuery(SPACE, "tour");
        for (String path : List.of(
                "first.by.code",
                "first.others.x.code",
                "stops[*].by.code",
                "stops[0].by.code",
                "stops[*].others.*.code",
                "next.first.by.code")) {
            // Nobody refers to it, so it may be a collection of something else.
            assertThat(tours.where(eq(path, 5)).count()).as(path).isZero();
        }
        Item<Tour> first = items(Tour.class)
                .fromData(SPACE, "tour", new Tour(new Stop("b", named, Map.of()), List.of(), null))
                .create();
        assertRefused(() -> tours.where(eq("first.by.code", 5)).count());
        assertRefused(() -> tours.where(eq("next.first.by.code", 5)).count());
        assertThat(tours.where(eq("first.by.name", "Abe")).count()).isEqualTo(1);
        assertThat(tours.where(eq("stops[*].by.code", 5)).count()).isZero();
        items(Tour.class)
                .fromData(
                        SPACE,
                        "tour",
                        new Tour(
                                null,
                                List.of(new Stop("c", null, Map.of()), new Stop("d", named, Map.of())),
                                first.rn()))
                .create();
        assertRefused(() -> tours.where(eq("stops[*].by.code", 5)).count());
        assertRefused(() -> tours.where(any("stops", eq("by.code", 5))).count());
        // The first stops name nothing.
        assertThat(tours.where(eq("stops[0].by.code", 5)).count()).isZero();
        assertThat(tours.where(eq("stops[*].others.*.code", 5)).count()).isZero();
        items(Tour.class)
                .fromData(SPACE, "tour", new Tour(null, List.of(new Stop("e", null, Map.of("x", named))), null))
                .create();
        assertRefused(() -> tours.where(eq("stops[*].others.*.code", 5)).count());
    }

    private static void assertRefused(ThrowableAssert.ThrowingCallable question) {
        assertThatThrownBy(question)
                .isInstanceOf(SchemaException.class)
                .hasMessageContainingAll("code", "TEXT", "layer \"main\"", "convert(\"code\", …)", "@Name");
    }

    @Test
    void a_collection_is_not_prepared_for_a_record_that_none_of_its_items_can_be_read_as() {
        create(Person.class, new Person("canary"));
        SchemaException refused = catchThrowableOfType(
                SchemaException.class, () -> items(Strict.class).prepare(Rn.collection(SPACE, KIND)));
        assertThat(refused)
                .hasMessageContainingAll(
                        "[rn]:people:plain:*", "layer \"main\"", "@Default(\"0\") int age", "Optional");
        assertThat(refused.getMessage()).doesNotContain("canary");
        assertThatThrownBy(() -> items(Demanding.class).prepare(Rn.collection(SPACE, KIND)))
                .isInstanceOf(SchemaException.class)
                .hasMessageContainingAll("without code", "@Default", "constructor");
        // A field with a default is not what the items lack.
        assertThatThrownBy(() -> items(LeggedToo.class).prepare(Rn.collection(SPACE, KIND)))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("stored without legs, and none");
        assertThat(table(SPACE, KIND).orElseThrow().has("age")).isFalse();
        assertThat(table(SPACE, KIND).orElseThrow().has("code")).isFalse();

        items(Aged.class).prepare(Rn.collection(SPACE, KIND));
        items(Declared.class).prepare(Rn.collection(SPACE, KIND));
        items(Strict.class).prepare(Rn.collection(SPACE, "empty"));
        create(Declared.class, new Declared("Bea", 4, 5));
        items(Legged.class).prepare(Rn.collection(SPACE, KIND));
        assertThat(all(Declared.class)).containsExactly(new Declared("Bea", 4, 5), new Declared("canary", 4, 7));
    }

    @Test
    void a_destructive_change_replaces_the_column_with_all_its_values() {
        create(Coded.class, new Coded("Abe", "x"));
        Item<Numbered> bea = create(Numbered.class, new Numbered("Bea", null));
        assertThatThrownBy(() -> bea.set(Numbered::code, 7L).commit()).isInstanceOf(SchemaException.class);
        Item<Numbered> changed = bea.set(Numbered::code, 7L).destructive().commit();
        assertThat(changed.reload()).isEqualTo(changed);
        assertThat(column("code")).isEqualTo(ColumnKind.INTEGER);
        assertThat(all(Numbered.class)).containsExactly(new Numbered("Abe", null), new Numbered("Bea", 7L));
        assertThat(items(Numbered.class)
                        .fromQuery(SPACE, KIND)
                        .where(eq(Numbered::code, 7))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void what_a_destructive_change_would_lose_is_counted_before() {
        create(Coded.class, new Coded("Abe", "x"));
        create(Coded.class, new Coded("Ann", "y"));
        create(Coded.class, new Coded("Amy", null));
        Item<Numbered> bea = create(Numbered.class, new Numbered("Bea", null));
        assertThat(bea.set("name", "B").losses()).isEmpty();
        List<ColumnLoss> losses = bea.set(Numbered::code, 7L).losses();
        assertThat(losses).hasSize(1);
        assertThat(losses.get(0).field()).isEqualTo("code");
        assertThat(losses.get(0).values()).isEqualTo(2);
        assertThat(Korm.tx(items(Numbered.class).fromData(SPACE, KIND, new Numbered("Cid", 5L)), bea.set("code", 7L))
                        .losses())
                .isEqualTo(losses);
        assertThatThrownBy(() -> bea.set(Numbered::code, 7L).commit())
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("It would lose 2 values of code");
        assertThat(all(Coded.class)).hasSize(4).contains(new Coded("Abe", "x"), new Coded("Ann", "y"));
        bea.set(Numbered::code, 7L).destructive().commit();
        assertThat(bea.reload().set(Numbered::code, 8L).losses()).isEmpty();
    }

    @Test
    void a_field_whose_column_has_its_former_name_says_so() {
        documents()
                .fromData(SPACE, KIND, Document.of(Map.of("name", "Abe", "years", 3)))
                .create();
        assertThatThrownBy(() -> all(Strict.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContainingAll("age", "@Name(\"years\")");
    }

    @Test
    void a_transaction_may_be_destructive() {
        create(Coded.class, new Coded("Abe", "x"));
        Korm.tx(items(Numbered.class).fromData(SPACE, KIND, new Numbered("Bea", 5L)))
                .destructive()
                .persist();
        assertThat(all(Numbered.class)).containsExactly(new Numbered("Abe", null), new Numbered("Bea", 5L));
        create(Numbered.class, new Numbered("Cid", 6L));
        assertThat(all(Numbered.class)).hasSize(3);
    }

    @Test
    void a_right_to_replace_that_is_not_needed_replaces_nothing() {
        create(Coded.class, new Coded("Abe", "x"));
        Item<Coded> bea = create(Coded.class, new Coded("Bea", "y"));
        bea.set(Coded::code, "z").destructive().commit();
        assertThat(all(Coded.class)).containsExactly(new Coded("Abe", "x"), new Coded("Bea", "z"));
    }

    @Test
    void a_replaced_column_is_as_unique_as_before() {
        create(UniqueText.class, new UniqueText("Abe", Unique.of("x")));
        Korm.tx(items(UniqueNumber.class).fromData(SPACE, KIND, new UniqueNumber("Bea", Unique.of(5L))))
                .destructive()
                .persist();
        assertThat(all(UniqueNumber.class))
                .containsExactly(new UniqueNumber("Abe", null), new UniqueNumber("Bea", Unique.of(5L)));
        assertThatThrownBy(() -> create(UniqueNumber.class, new UniqueNumber("Cid", Unique.of(5L))))
                .isInstanceOf(DuplicateException.class);
        create(UniqueNumber.class, new UniqueNumber("Cid", Unique.of(6L)));
    }

    @Test
    void uniqueness_belongs_to_the_column_and_binds_records_that_do_not_ask_for_it() {
        create(UniqueText.class, new UniqueText("Abe", Unique.of("x")));
        assertThatThrownBy(() -> create(Coded.class, new Coded("Bea", "x"))).isInstanceOf(DuplicateException.class);
        assertThatThrownBy(() -> create(Map.of("name", "Bea", "code", "x"))).isInstanceOf(DuplicateException.class);
        Item<Coded> bea = create(Coded.class, new Coded("Bea", "y"));
        assertThatThrownBy(() -> bea.set(Coded::code, "x").commit()).isInstanceOf(DuplicateException.class);
        assertThatThrownBy(() -> items(Coded.class)
                        .fromQuery(SPACE, KIND)
                        .where(everything())
                        .updateAll(set(Coded::code, "z")))
                .isInstanceOf(DuplicateException.class);
        assertThat(all(Coded.class)).containsExactly(new Coded("Abe", "x"), new Coded("Bea", "y"));
        create(Coded.class, new Coded("Cid", null));
        create(UniqueText.class, new UniqueText("Dan", null));
        assertThat(bea.set(Coded::code, null).commit().reload().data().code()).isNull();
        assertThat(create(Coded.class, new Coded("Eve", "y")).data().code()).isEqualTo("y");
    }

    @Test
    void a_field_that_becomes_unique_holds_for_items_that_were_there_before() {
        create(Coded.class, new Coded("Abe", "x"));
        create(Coded.class, new Coded("Bea", null));
        create(Coded.class, new Coded("Cid", null));
        assertThatThrownBy(() -> create(UniqueText.class, new UniqueText("Dan", Unique.of("x"))))
                .isInstanceOf(DuplicateException.class);
        create(UniqueText.class, new UniqueText("Dan", Unique.of("y")));
        assertThatThrownBy(() -> create(Coded.class, new Coded("Eve", "x"))).isInstanceOf(DuplicateException.class);
        assertThat(all(Coded.class)).extracting(Coded::code).containsExactly("x", null, null, "y");
    }

    @Test
    void a_field_cannot_become_unique_while_old_items_clash() {
        create(Coded.class, new Coded("Abe", "same-value"));
        Item<Coded> bea = create(Coded.class, new Coded("Bea", "same-value"));
        DuplicateException clash = catchThrowableOfType(
                DuplicateException.class, () -> create(UniqueText.class, new UniqueText("Cid", Unique.of("y"))));
        assertThat(clash.fields()).containsExactly("code");
        assertThat(clash.getMessage()).doesNotContain("same-value");
        assertThat(all(Coded.class)).hasSize(2);
        bea.reload().set(Coded::code, "other").commit();
        create(UniqueText.class, new UniqueText("Cid", Unique.of("y")));
        assertThat(all(UniqueText.class)).hasSize(3);
    }

    @Test
    void null_fits_every_column_and_the_declared_type_decides_its_kind() {
        Item<Kinds> item =
                items(Kinds.class).fromData(SPACE, KIND, Kinds.NOTHING).create();
        assertThat(column("flag")).isEqualTo(ColumnKind.BOOLEAN);
        assertThat(column("whole")).isEqualTo(ColumnKind.INTEGER);
        assertThat(column("real")).isEqualTo(ColumnKind.REAL);
        assertThat(column("decimal")).isEqualTo(ColumnKind.DECIMAL);
        assertThat(column("text")).isEqualTo(ColumnKind.TEXT);
        assertThat(column("bytes")).isEqualTo(ColumnKind.BYTES);
        assertThat(column("nested")).isEqualTo(ColumnKind.JSON);
        assertThat(column("friend")).isEqualTo(ColumnKind.RN);
        Kinds full = new Kinds(
                true,
                1L,
                2.0,
                new BigDecimal("3.00"),
                "four",
                new byte[] {5},
                new Address("Rome", null, 6),
                Rn.parse("[rn]:people:plain:3dd91ede-37a4-4c25-a86a-6f1a9e132186"));
        Kinds read = item.update(old -> full).commit().reload().data();
        assertThat(read).usingRecursiveComparison().isEqualTo(full);
        Item<Kinds> empty = item.reload().update(old -> Kinds.NOTHING).commit().reload();
        assertThat(empty.data()).usingRecursiveComparison().isEqualTo(Kinds.NOTHING);
        assertThat(empty.revision()).isEqualTo(item.revision() + 2);
    }

    @Test
    void a_whole_number_fits_a_column_of_reals_and_a_fraction_no_column_of_whole_numbers() {
        create(Map.of("name", "a", "x", 1.5, "n", 1));
        Item<Document> whole = create(Map.of("name", "b", "x", 2, "n", 2.0));
        assertThat(whole.reload().data().doubleValue("x")).isEqualTo(2.0);
        assertThat(documents().fromQuery(SPACE, KIND).where(eq("x", 2)).count()).isEqualTo(1);
        assertThatThrownBy(() -> create(Map.of("name", "c", "n", 1.5)))
                .isInstanceOfAny(SchemaException.class, ValueException.class)
                .hasMessageContaining("n");
        create(Real.class, new Real("d", 3.0));
        assertThatThrownBy(() -> create(Real.class, new Real("e", 3.5)))
                .isInstanceOfAny(SchemaException.class, ValueException.class);
        assertThat(all(Real.class)).extracting(Real::n).containsExactly(1.0, 2.0, 3.0);
        Korm.tx(documents().fromData(SPACE, KIND, Document.of(Map.of("name", "f", "n", 1.5))))
                .destructive()
                .persist();
        assertThat(all(Real.class)).extracting(Real::n).containsExactly(null, null, null, 1.5);
        assertThatThrownBy(() -> create(Whole.class, new Whole("g", (1L << 53) + 1)))
                .isInstanceOfAny(SchemaException.class, ValueException.class);
        assertThat(create(Whole.class, new Whole("g", 1L << 53)).reload().data().n())
                .isEqualTo(1L << 53);
    }

    @Test
    void whole_numbers_have_64_bits() {
        for (long n : new long[] {Long.MIN_VALUE, -1, (1L << 53) + 1, Long.MAX_VALUE}) {
            Item<Whole> item = create(Whole.class, new Whole("n", n));
            assertThat(item.reload().data().n()).isEqualTo(n);
            assertThat(items(Whole.class)
                            .fromQuery(SPACE, KIND)
                            .where(eq(Whole::n, n))
                            .get())
                    .containsExactly(item);
            assertThat(documents().fromRn(item.rn().toString()).get().data().longValue("n"))
                    .isEqualTo(n);
        }
    }

    @ConcurrentTest
    void pools_that_make_and_change_one_table_at_once_all_succeed() throws Exception {
        int pools = 6;
        List<Callable<List<Rn<Document>>>> work = new ArrayList<>();
        CyclicBarrier together = new CyclicBarrier(pools);
        for (int p = 0; p < pools; p++) {
            String own = "own" + p;
            work.add(() -> {
                try (Pool pool = Korm.pool().layer("main", source()).open()) {
                    Items<Document> documents = Korm.item(Document.class, pool);
                    List<Rn<Document>> rns = new ArrayList<>();
                    for (int i = 0; i < 5; i++) {
                        together.await();
                        rns.add(documents
                                .fromData(SPACE, KIND, Document.of(Map.of("name", own, own + "x" + i, i, "all" + i, i)))
                                .create()
                                .rn());
                    }
                    return rns;
                }
            });
        }
        ExecutorService executor = Executors.newFixedThreadPool(pools);
        try {
            for (Future<List<Rn<Document>>> each : executor.invokeAll(work)) {
                List<Rn<Document>> rns = each.get();
                for (int i = 0; i < rns.size(); i++) {
                    Document read = documents().fromRn(rns.get(i)).get().data();
                    assertThat(read.longValue("all" + i)).isEqualTo(i);
                    assertThat(read.longValue(read.text("name") + "x" + i)).isEqualTo(i);
                    assertThat(read.fieldNames()).hasSize(3);
                }
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(table(SPACE, KIND).orElseThrow().columns())
                .filteredOn(SchemaContract::isOfItems)
                .hasSize(1 + 1 + pools * 5 + 5 + 1);
    }

    @Test
    void what_another_pool_does_to_a_table_is_seen() {
        assertThat(all(Coded.class)).isEmpty();
        try (Pool other = Korm.pool().layer("main", source()).open()) {
            Item<Coded> abe = Korm.item(Coded.class, other)
                    .fromData(SPACE, KIND, new Coded("Abe", "x"))
                    .create();
            assertThat(all(Coded.class)).containsExactly(abe.data());
            Korm.item(Document.class, other)
                    .fromData(SPACE, KIND, Document.of(Map.of("name", "Bea", "extra", 1)))
                    .create();
            assertThat(documents().fromQuery(SPACE, KIND).where(eq("extra", 1)).count())
                    .isEqualTo(1);
            assertThat(all(Coded.class)).hasSize(2);
            Korm.tx(Korm.item(Numbered.class, other).fromData(SPACE, KIND, new Numbered("Cid", 5L)))
                    .destructive()
                    .persist();
            assertThat(items(Coded.class).fromRn(abe.rn().toString()).get().data())
                    .isEqualTo(new Coded("Abe", null));
            assertThat(all(Numbered.class)).extracting(Numbered::code).containsExactly(null, null, 5L);
        }
    }

    @Test
    void a_column_that_another_pool_replaced_takes_no_value_of_the_old_kind() {
        create(Coded.class, new Coded("Abe", "x"));
        try (Pool other = Korm.pool().layer("main", source()).open()) {
            Korm.tx(Korm.item(Numbered.class, other).fromData(SPACE, KIND, new Numbered("Bea", 5L)))
                    .destructive()
                    .persist();
            assertThatThrownBy(() -> create(Coded.class, new Coded("Cid", "y"))).isInstanceOf(SchemaException.class);
        }
        assertThat(all(Numbered.class)).extracting(Numbered::code).containsExactly(null, 5L);
    }

    @Test
    void a_field_that_another_pool_made_unique_is_unique_here() {
        create(Coded.class, new Coded("Abe", "x"));
        try (Pool other = Korm.pool().layer("main", source()).open()) {
            Korm.item(UniqueText.class, other)
                    .fromData(SPACE, KIND, new UniqueText("Bea", Unique.of("y")))
                    .create();
            assertThatThrownBy(() -> create(Coded.class, new Coded("Cid", "x"))).isInstanceOf(DuplicateException.class);
            assertThatThrownBy(() -> create(Coded.class, new Coded("Cid", "y"))).isInstanceOf(DuplicateException.class);
        }
        assertThat(all(Coded.class)).hasSize(2);
    }

    @Test
    void records_and_documents_share_a_table() {
        Item<Person> abe = create(Person.class, new Person("Abe"));
        Item<Document> same = documents().fromRn(abe.rn().toString()).get();
        assertThat(same.data()).isEqualTo(Document.of(Map.of("name", "Abe")));
        Item<Document> extended =
                same.set("extra.deep", 5).set("tags", List.of("x")).commit();
        Item<Person> renamed = abe.reload().set(Person::name, "Abraham").commit();
        assertThat(extended.reload().data().get("extra.deep")).contains(5L);
        assertThat(extended.reload().data().text("name")).isEqualTo("Abraham");
        assertThat(renamed.revision()).isEqualTo(abe.revision() + 2);
        create(Map.of("name", "Bea", "age", 4));
        assertThat(all(Aged.class)).extracting(Aged::age).containsExactly(null, 4);
    }

    @Test
    void a_field_has_the_stored_name_that_it_was_given() {
        Item<Renamed> item = create(Renamed.class, new Renamed("tools", new Inner("hand")));
        assertThat(table(SPACE, KIND).orElseThrow().has("category")).isFalse();
        assertThat(column("class")).isEqualTo(ColumnKind.TEXT);
        assertThat(item.reload()).isEqualTo(item);
        assertThat(items(Renamed.class)
                        .fromQuery(SPACE, KIND)
                        .where(eq("category", "tools").and(eq("inner.category", "hand")))
                        .count())
                .isEqualTo(1);
        Document document = documents().fromRn(item.rn().toString()).get().data();
        assertThat(document.text("class")).isEqualTo("tools");
        assertThat(document.text("inner[\"in-class\"]")).isEqualTo("hand");
        assertThat(item.set("category", "toys").commit().reload().data().category())
                .isEqualTo("toys");
    }

    @Test
    void indexes_are_made_with_the_table_or_at_the_next_write() {
        create(Plain.class, new Plain("Citroen", 2014, new Address("Rome", null, 1)));
        assertThat(table(SPACE, KIND).orElseThrow().indexes()).isEmpty();
        create(Quick.class, new Quick("Skoda", 2020, new Address("Bonn", null, 2)));
        assertThat(table(SPACE, KIND).orElseThrow().indexes())
                .extracting(index -> index.parts().size())
                .containsExactlyInAnyOrder(1, 1, 2);
        assertThat(items(Quick.class)
                        .fromQuery(SPACE, KIND)
                        .where(eq("home.city", "Rome").or(eq("year", 2020)))
                        .count())
                .isEqualTo(2);
        create(Quick.class, new Quick("Skoda", 2021, new Address("Bonn", null, 2)));
        assertThat(table(SPACE, KIND).orElseThrow().indexes()).hasSize(3);
    }

    record TakesId(String rnId) {}

    record TakesOwn(String __korm_rev__) {}

    record DiffersInCase(String name, String Name) {}

    record TooLong(
            @Name("a123456789b123456789c123456789d123456789e123456789f123456789abcd")
            String field) {}

    record NotAName(@Name("a-b") String field) {}

    @Test
    void names_that_no_column_can_have_are_refused_before_anything_is_written() {
        for (Class<?> type :
                List.of(TakesId.class, TakesOwn.class, DiffersInCase.class, TooLong.class, NotAName.class)) {
            assertThatThrownBy(() -> items(type))
                    .as(type.getSimpleName())
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("@Name");
        }
        for (String name :
                List.of("", "a-b", "1x", "é", "$x", "a b", "\"", "rnId", "__korm_unique__a", "a".repeat(64))) {
            assertThatThrownBy(() -> create(Map.of(name, 1)))
                    .as(name)
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("column");
        }
        assertThatThrownBy(() -> create(Map.of("name", 1, "Name", 2))).isInstanceOf(ValueException.class);
        assertThat(table(SPACE, KIND)).isEmpty();
    }

    record Box(double xmin, double ymin, double xmax, double ymax) {}

    record Numbering(long rowid) {}

    record Tracked(@Name("DB_TRX_ID") String transaction) {}

    record Framed(Box frame, @Name("x_min") double xmin) {}

    @Test
    void names_that_some_database_keeps_for_itself_are_refused_on_every_layer() {
        for (Class<?> type : List.of(Box.class, Numbering.class, Tracked.class)) {
            assertThatThrownBy(() -> items(type))
                    .as(type.getSimpleName())
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("@Name");
        }
        List<String> kept = List.of(
                "tableoid",
                "xmin",
                "cmin",
                "xmax",
                "cmax",
                "ctid",
                "oid",
                "rowid",
                "RowId",
                "_rowid_",
                "DB_ROW_ID",
                "db_trx_id",
                "DB_ROLL_PTR",
                "FTS_DOC_ID");
        for (String name : kept) {
            assertThatThrownBy(() -> create(Map.of(name, 1))).as(name).isInstanceOf(SchemaException.class);
        }
        assertThat(table(SPACE, KIND)).isEmpty();
        Item<Document> item = create(Map.of("name", "Abe", "inner", Map.of("rowid", 1, "xmin", 2)));
        for (String name : kept) {
            assertThatThrownBy(() -> item.set(name, 7).commit())
                    .as(name)
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("@Name");
            assertThatThrownBy(() -> documents()
                            .fromQuery(SPACE, KIND)
                            .where(everything())
                            .updateAll(set(name, 7)))
                    .as(name)
                    .isInstanceOf(SchemaException.class);
            assertThat(documents().fromQuery(SPACE, KIND).where(eq(name, 7)).count())
                    .isZero();
        }
        assertThat(item.reload()).isEqualTo(item);
        Framed framed = new Framed(new Box(1, 2, 3, 4), 5);
        assertThat(items(Framed.class)
                        .fromData(SPACE, "framed", framed)
                        .create()
                        .reload()
                        .data())
                .isEqualTo(framed);
    }

    @Test
    void a_field_that_no_document_had_can_be_set_on_all() {
        create(Map.of("name", "Abe"));
        create(Map.of("name", "Bea"));
        assertThat(documents().fromQuery(SPACE, KIND).where(eq("name", "Abe")).updateAll(set("age", 7)))
                .isEqualTo(1);
        assertThat(documents().fromQuery(SPACE, KIND).where(eq("age", 7)).get())
                .extracting(item -> item.data().text("name"))
                .containsExactly("Abe");
        assertThat(documents().fromQuery(SPACE, KIND).where(everything()).updateAll(set("nothing", null)))
                .isEqualTo(2);
        assertThat(table(SPACE, KIND).orElseThrow().has("nothing")).isFalse();
    }

    @Test
    void names_that_mean_something_elsewhere_are_plain_names_here() {
        Document odd = Document.of(Map.of("__proto__", 1, "constructor", "x", "select", 2, "row_start", 3));
        Item<Document> item = documents().fromData(SPACE, KIND, odd).create();
        assertThat(item.reload().data()).isEqualTo(odd);
        assertThat(documents()
                        .fromQuery(SPACE, KIND)
                        .where(eq("select", 2).and(eq("row_start", 3)).and(eq("__proto__", 1)))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void a_name_that_differs_from_a_column_only_in_case_is_refused() {
        create(Person.class, new Person("Abe"));
        assertThatThrownBy(() -> create(Map.of("Name", "Bea")))
                .isInstanceOfAny(SchemaException.class, ValueException.class)
                .hasMessageContaining("Name");
        assertThat(all(Person.class)).containsExactly(new Person("Abe"));
    }

    @Test
    void namespaces_and_kinds_are_words() {
        for (String word : List.of("", "Users", "a-b", "1a", "a b", "*", "a:b", "é", "a_b")) {
            assertThatThrownBy(() -> items(Person.class).fromData(word, KIND, new Person("x")))
                    .as(word)
                    .isInstanceOf(RnException.class);
            assertThatThrownBy(() -> items(Person.class).fromQuery(SPACE, word))
                    .as(word)
                    .isInstanceOf(RnException.class);
        }
    }

    @Test
    void collections_with_long_names_do_not_share_a_table() {
        String namespace = "n" + "a".repeat(40);
        String kind = "k" + "b".repeat(40);
        items(Person.class).fromData(namespace, kind + "1", new Person("one")).create();
        items(Person.class).fromData(namespace, kind + "2", new Person("two")).create();
        assertThat(items(Person.class).fromQuery(namespace, kind + "1").get())
                .extracting(item -> item.data().name())
                .containsExactly("one");
        assertThat(items(Person.class).fromQuery(namespace, kind + "2").get())
                .extracting(item -> item.data().name())
                .containsExactly("two");
    }

    /** Checks for a column of items, since not every layer has tokens. */
    private static boolean isOfItems(ColumnSchema column) {
        return !column.name().equals(TableName.TOKEN);
    }
}
