package dev.korm.testkit.contract;

import static dev.korm.Aggregate.count;
import static dev.korm.Aggregate.sum;
import static dev.korm.Filter.between;
import static dev.korm.Filter.contains;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.gte;
import static dev.korm.Filter.hasElement;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.lt;
import static dev.korm.Filter.lte;
import static dev.korm.Filter.ne;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.Name;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.ValueException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The values that are stored, the form in which they come back, and their comparison. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class ValuesContract extends PoolContract {
    private static final BigDecimal SIXTY_DIGITS =
            new BigDecimal("-123456789012345678901234567890.123456789012345678901234567890");
    private static final String SURROGATES = "\ud83d\ude00";

    enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "not the name";
            }
        }
    }

    @Stored(namespace = "values", kind = "scalars")
    record Scalars(
            @Nullable Boolean flag,
            @Nullable Byte tiny,
            @Nullable Short small,
            @Nullable Integer medium,
            @Nullable Long large,
            @Nullable Float single,
            @Nullable Double real,
            @Nullable BigDecimal decimal,
            @Nullable BigInteger integer,
            @Nullable String text,
            @Nullable Character letter,
            @Nullable Color color,
            @Nullable UUID uuid,
            @Nullable Instant instant,
            @Nullable LocalDate date,
            @Nullable LocalTime time,
            @Nullable LocalDateTime dateTime,
            @Nullable OffsetDateTime offsetTime,
            @Nullable ZonedDateTime zonedTime,
            @Nullable Duration duration,
            @Nullable Period period,
            @Nullable Year year,
            @Nullable YearMonth month,
            @Nullable MonthDay day,
            @Nullable DayOfWeek weekday,
            @Nullable Month monthName,
            @Nullable ZoneId zone,
            @Nullable ZoneOffset offset,
            @Nullable Locale locale,
            @Nullable Currency currency,
            @Nullable URI uri) {
        static final Scalars LOW = new Scalars(
                false,
                Byte.MIN_VALUE,
                Short.MIN_VALUE,
                Integer.MIN_VALUE,
                Long.MIN_VALUE,
                Float.MIN_VALUE,
                Double.MIN_VALUE,
                SIXTY_DIGITS,
                BigInteger.TWO.pow(200).negate(),
                "",
                '\u0001',
                Color.RED,
                new UUID(0, 0),
                Instant.parse("0000-01-01T00:00:00Z"),
                LocalDate.of(0, 1, 1),
                LocalTime.MIN,
                LocalDateTime.of(0, 1, 1, 0, 0),
                OffsetDateTime.MIN,
                ZonedDateTime.of(1900, 1, 1, 0, 0, 0, 1, ZoneId.of("Europe/Rome")),
                Duration.ofNanos(Long.MIN_VALUE),
                Period.of(-1, -14, -300),
                Year.of(Year.MIN_VALUE),
                YearMonth.of(0, 1),
                MonthDay.of(2, 29),
                DayOfWeek.MONDAY,
                Month.JANUARY,
                ZoneId.of("UTC"),
                ZoneOffset.MIN,
                Locale.ROOT,
                Currency.getInstance("XXX"),
                URI.create(""));
        static final Scalars HIGH = new Scalars(
                true,
                Byte.MAX_VALUE,
                Short.MAX_VALUE,
                Integer.MAX_VALUE,
                Long.MAX_VALUE,
                Float.MAX_VALUE,
                Double.MAX_VALUE,
                new BigDecimal("1000.000"),
                BigInteger.TWO.pow(200),
                "'\"\\\n\r\t\u0001\u007f%_[*]{}\u2028é\uffff" + SURROGATES,
                '\uffff',
                Color.GREEN,
                new UUID(-1, -1),
                Instant.parse("9999-12-31T23:59:59.999999999Z"),
                LocalDate.of(9999, 12, 31),
                LocalTime.MAX,
                LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_999),
                OffsetDateTime.MAX,
                ZonedDateTime.of(2024, 10, 27, 2, 30, 0, 0, ZoneId.of("Europe/Rome"))
                        .withLaterOffsetAtOverlap(),
                Duration.ofNanos(Long.MAX_VALUE),
                Period.of(1, 14, 300),
                Year.of(Year.MAX_VALUE),
                YearMonth.of(9999, 12),
                MonthDay.of(12, 31),
                DayOfWeek.SUNDAY,
                Month.DECEMBER,
                ZoneId.of("America/Argentina/Buenos_Aires"),
                ZoneOffset.MAX,
                Locale.forLanguageTag("zh-Hant-TW-u-ca-chinese"),
                Currency.getInstance("EUR"),
                URI.create("https://example.org/a?b=c%20d#e"));
        static final Scalars ORDINARY = new Scalars(
                true,
                (byte) 1,
                (short) -2,
                3,
                (1L << 53) + 1,
                0.1f,
                0.1 + 0.2,
                new BigDecimal("2.50"),
                BigInteger.ZERO,
                "Fred",
                'x',
                Color.GREEN,
                UUID.fromString("3dd91ede-37a4-4c25-a86a-6f1a9e132186"),
                Instant.parse("1969-12-31T23:59:59.000000001Z"),
                LocalDate.of(2024, 2, 29),
                LocalTime.of(12, 30),
                LocalDateTime.of(2024, 2, 29, 12, 30),
                OffsetDateTime.parse("2024-02-29T12:30+05:30"),
                ZonedDateTime.parse("2024-02-29T12:30:00.5+01:00[Europe/Rome]"),
                Duration.ofSeconds(-1, 1),
                Period.ZERO,
                Year.of(0),
                YearMonth.of(2024, 2),
                MonthDay.of(1, 1),
                DayOfWeek.FRIDAY,
                Month.FEBRUARY,
                ZoneId.of("+05:30"),
                ZoneOffset.UTC,
                Locale.GERMANY,
                Currency.getInstance("JPY"),
                URI.create("urn:x:y"));
        static final Scalars NOTHING = new Scalars(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    static Stream<Scalars> scalars() {
        return Stream.of(Scalars.LOW, Scalars.HIGH, Scalars.ORDINARY, Scalars.NOTHING);
    }

    record Primitives(
            boolean flag, byte tiny, short small, int medium, long large, float single, double real, char letter) {}

    @Stored(namespace = "values", kind = "nested")
    record Nested(Scalars one, List<Scalars> many, Map<String, Scalars> named, Optional<Scalars> perhaps) {}

    @Stored(namespace = "values", kind = "bytes")
    @SuppressWarnings("ArrayRecordComponent") // Bytes are what is tested.
    record Bytes(byte @Nullable [] bytes, List<byte[]> list) {}

    record Pair<A, B>(A first, B second) {}

    record Tree(String name, List<Tree> children) {}

    sealed interface Shape permits Circle, Square, Nothing {}

    record Circle(double radius) implements Shape {}

    @Name("quad")
    record Square(double side, @Nullable Pair<String, Integer> label) implements Shape {}

    record Nothing() implements Shape {}

    @Stored(namespace = "values", kind = "shaped")
    record Shaped(
            Shape shape,
            List<Shape> shapes,
            Tree tree,
            Pair<Instant, List<Integer>> pair,
            Document free,
            Optional<String> text,
            OptionalInt whole,
            OptionalLong large,
            OptionalDouble real,
            Optional<List<String>> list,
            Set<Color> set,
            SortedSet<String> sorted,
            Collection<Integer> any,
            List<@Nullable String> gaps,
            List<List<Integer>> matrix) {}

    @Stored(namespace = "values", kind = "keyed")
    record Keyed(
            Map<String, Integer> texts,
            Map<Integer, String> ints,
            Map<Long, String> longs,
            Map<Color, String> colors,
            Map<UUID, String> uuids,
            Map<LocalDate, String> dates,
            Map<BigDecimal, String> decimals,
            Map<Boolean, String> flags) {}

    @Stored(namespace = "values", kind = "text")
    record Text(@Nullable String text, Map<String, String> map, List<String> list) {
        static Text of(@Nullable String text) {
            return new Text(text, Map.of(), List.of());
        }
    }

    @Stored(namespace = "values", kind = "number")
    record Numbers(@Nullable Double real, @Nullable Float single, List<Double> list) {}

    @Stored(namespace = "values", kind = "time")
    record Times(
            @Nullable Instant instant,
            @Nullable LocalDate date,
            @Nullable Duration duration) {}

    @Stored(namespace = "values", kind = "money")
    record Money(
            String name,
            @Nullable BigDecimal amount,
            @Nullable Price price) {}

    record Price(BigDecimal net) {}

    /** A class with getters and one constructor. */
    @Stored(namespace = "values", kind = "boat")
    static final class Boat {
        private final Unique<String> name;
        private final int berths;
        private final Optional<Engine> engine;
        private final List<Engine> spare;

        private Boat(Unique<String> name, int berths, Optional<Engine> engine, List<Engine> spare) {
            this.name = name;
            this.berths = berths;
            this.engine = engine;
            this.spare = spare;
        }

        Unique<String> getName() {
            return name;
        }

        int getBerths() {
            return berths;
        }

        Optional<Engine> getEngine() {
            return engine;
        }

        List<Engine> getSpare() {
            return spare;
        }
    }

    /** A class that only its builder makes. */
    static final class Engine {
        @Name("horses")
        private final int power;

        private final boolean diesel;

        private Engine(Builder builder) {
            this.power = builder.power;
            this.diesel = builder.diesel;
        }

        static Builder builder() {
            return new Builder();
        }

        int power() {
            return power;
        }

        boolean isDiesel() {
            return diesel;
        }

        static final class Builder {
            private int power;
            private boolean diesel;

            Builder power(int power) {
                this.power = power;
                return this;
            }

            void setDiesel(boolean diesel) {
                this.diesel = diesel;
            }

            Engine build() {
                return new Engine(this);
            }
        }
    }

    @Test
    void classes_with_getters_and_builders_are_stored_as_records_are() {
        Engine old = Engine.builder().power(20).build();
        Engine.Builder diesel = Engine.builder().power(90);
        diesel.setDiesel(true);
        Items<Boat> boats = items(Boat.class);
        Item<Boat> ada = create(Boat.class, new Boat(Unique.of("Ada"), 4, Optional.of(diesel.build()), List.of(old)));
        create(Boat.class, new Boat(Unique.of("Bob"), 2, Optional.empty(), List.of()));

        assertThat(ada.reload()).isEqualTo(ada);
        Item<Boat> found = boats.query()
                .where(gt(Boat::getBerths, 3)
                        .and(eq(FieldPath.of(Boat::getEngine).then(Engine::isDiesel), true))
                        .and(gt("engine.power", 50)))
                .orderBy(desc(Boat::getName))
                .first()
                .orElseThrow();
        assertThat(found.data().getName().value()).isEqualTo("Ada");
        assertThat(found.data().getEngine().orElseThrow().power()).isEqualTo(90);
        assertThat(found.data().getSpare().get(0).isDiesel()).isFalse();
        assertThat(boats.query().max(Boat::getBerths)).contains(4);

        Item<Boat> changed =
                found.set(Boat::getBerths, 5).set("engine.power", 100).commit().reload();
        assertThat(changed.data().getBerths()).isEqualTo(5);
        assertThat(changed.data().getEngine().orElseThrow().power()).isEqualTo(100);
        assertThat(changed.data().getEngine().orElseThrow().isDiesel()).isTrue();
        assertThat(items(Document.class)
                        .fromQuery("values", "boat")
                        .where(eq("engine.horses", 100))
                        .count())
                .isEqualTo(1);
    }

    private <T> Items<T> items(Class<T> type) {
        return Korm.item(type, pool());
    }

    private <T> Item<T> create(Class<T> type, T data) {
        return items(type).fromData(data).create();
    }

    @ParameterizedTest
    @MethodSource("scalars")
    void scalars_come_back_as_they_were(Scalars data) {
        Item<Scalars> item = create(Scalars.class, data);
        assertThat(item.reload().data()).isEqualTo(data);
        assertThat(item.reload()).isEqualTo(item);
        assertThat(item.update(old -> Scalars.NOTHING).update(old -> data).changedFields())
                .isEmpty();
        Item<Scalars> other = item.update(old -> Scalars.ORDINARY).commit();
        assertThat(other.reload().data()).isEqualTo(Scalars.ORDINARY);
    }

    @ParameterizedTest
    @MethodSource("scalars")
    void nested_scalars_come_back_as_they_were(Scalars data) {
        Nested nested =
                new Nested(data, List.of(data, Scalars.NOTHING), Map.of("a b", data), Optional.of(Scalars.ORDINARY));
        Item<Nested> item = create(Nested.class, nested);
        assertThat(item.reload().data()).isEqualTo(nested);
        assertThat(items(Nested.class).query().where(eq("one", data)).count()).isEqualTo(1);
        assertThat(item.update(old -> new Nested(data, List.of(), Map.of(), Optional.empty()))
                        .commit()
                        .reload()
                        .data())
                .isEqualTo(new Nested(data, List.of(), Map.of(), Optional.empty()));
    }

    @Test
    void every_scalar_is_found_by_equality_alone_and_inside_nested_data() {
        Item<Scalars> low = create(Scalars.class, Scalars.LOW);
        Item<Scalars> high = create(Scalars.class, Scalars.HIGH);
        create(Scalars.class, Scalars.NOTHING);
        Item<Nested> nested =
                create(Nested.class, new Nested(Scalars.HIGH, List.of(Scalars.LOW), Map.of(), Optional.empty()));
        Map<String, Object> lows = fields(Scalars.LOW);
        Map<String, Object> highs = fields(Scalars.HIGH);
        for (String field : lows.keySet()) {
            Query<Scalars> query = items(Scalars.class).query();
            assertThat(query.where(eq(field, lows.get(field))).get()).as(field).containsExactly(low);
            assertThat(query.where(ne(field, lows.get(field))).get()).as(field).containsExactly(high);
            assertThat(query.where(inList(field, highs.get(field))).get())
                    .as(field)
                    .containsExactly(high);
            assertThat(query.where(isNull(field)).count()).as(field).isEqualTo(1);
            Query<Nested> inside = items(Nested.class).query();
            assertThat(inside.where(eq("one." + field, highs.get(field))).get())
                    .as(field)
                    .containsExactly(nested);
            assertThat(inside.where(eq("one." + field, lows.get(field))).get())
                    .as(field)
                    .isEmpty();
            assertThat(inside.where(eq("many[*]." + field, lows.get(field))).get())
                    .as(field)
                    .containsExactly(nested);
        }
    }

    @Test
    void ordered_types_are_ordered_alone_and_inside_nested_data() {
        create(Scalars.class, Scalars.HIGH);
        create(Scalars.class, Scalars.LOW);
        create(Scalars.class, Scalars.ORDINARY);
        create(Scalars.class, Scalars.NOTHING);
        for (Scalars each : List.of(Scalars.HIGH, Scalars.LOW, Scalars.ORDINARY)) {
            create(Nested.class, new Nested(each, List.of(), Map.of(), Optional.empty()));
        }
        Set<String> ordered = new LinkedHashSet<>(fields(Scalars.LOW).keySet());
        ordered.removeAll(Set.of(
                "color",
                "offsetTime",
                "zonedTime",
                "period",
                "day",
                "weekday",
                "monthName",
                "zone",
                "offset",
                "locale",
                "currency",
                "uri"));
        for (String field : ordered) {
            List<Object> values = Stream.of(Scalars.LOW, Scalars.ORDINARY, Scalars.HIGH)
                    .map(each -> fields(each).get(field))
                    .sorted(ValuesContract::compare)
                    .toList();
            Query<Scalars> query = items(Scalars.class).query();
            assertThat(query.orderBy(asc(field)).get())
                    .extracting(item -> fields(item.data()).get(field))
                    .as(field)
                    .containsExactlyElementsOf(Stream.concat(values.stream(), Stream.of((Object) null))
                            .toList());
            assertThat(items(Nested.class).query().orderBy(desc("one." + field)).get())
                    .extracting(item -> fields(item.data().one()).get(field))
                    .as("one.%s", field)
                    .containsExactlyElementsOf(reversed(values));
            assertThat(query.min(field)).as(field).contains(values.get(0));
            assertThat(query.max(field)).as(field).contains(values.get(2));
            assertThat(query.where(gte(field, values.get(2))).count())
                    .as(field)
                    .isEqualTo(compare(values.get(1), values.get(2)) == 0 ? 2 : 1);
            assertThat(query.where(lt(field, values.get(0))).count()).as(field).isZero();
            assertThat(query.where(between(field, values.get(0), values.get(2))).count())
                    .as(field)
                    .isEqualTo(3);
        }
        for (String field : List.of("color", "offsetTime", "zonedTime", "period", "uri")) {
            assertThatThrownBy(() -> items(Scalars.class).query().orderBy(asc(field)))
                    .as(field)
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining(field);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static int compare(Object one, Object other) {
        if (one instanceof UUID) {
            return one.toString().compareTo(other.toString());
        }
        return ((Comparable) one).compareTo(other);
    }

    private static List<Object> reversed(List<Object> values) {
        List<Object> copy = new java.util.ArrayList<>(values);
        Collections.reverse(copy);
        return copy;
    }

    private static Map<String, Object> fields(Scalars data) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (java.lang.reflect.RecordComponent component : Scalars.class.getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                fields.put(component.getName(), component.getAccessor().invoke(data));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return fields;
    }

    @Test
    void primitives_come_back_and_null_in_one_says_how_to_declare_it() {
        Primitives low = new Primitives(
                false,
                Byte.MIN_VALUE,
                Short.MIN_VALUE,
                Integer.MIN_VALUE,
                Long.MIN_VALUE,
                -Float.MAX_VALUE,
                -Double.MAX_VALUE,
                '\u0001');
        Item<Primitives> item =
                items(Primitives.class).fromData("values", "primitive", low).create();
        assertThat(item.reload().data()).isEqualTo(low);
        Item<Document> document = documents().fromRn(item.rn().toString()).get();
        document.set("medium", null).commit();
        assertThatThrownBy(item::reload)
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("medium")
                .hasMessageContaining("Optional");
    }

    @Test
    void a_number_beyond_the_declared_type_is_an_error_and_not_another_number() {
        Item<Document> wide = documents()
                .fromData(
                        "values",
                        "scalars",
                        Document.of(Map.of("medium", 1L << 40, "single", 0.1 + 0.2, "letter", "no letter")))
                .create();
        assertThatThrownBy(
                        () -> items(Scalars.class).fromRn(wide.rn().toString()).get())
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("medium")
                .hasMessageContaining(wide.rn().toString())
                .hasMessageNotContaining("1099511627776");
    }

    @Test
    void zero_has_no_sign() {
        Item<Numbers> item = create(Numbers.class, new Numbers(-0.0, -0.0f, List.of(-0.0)));
        Numbers read = item.reload().data();
        assertThat(read.real()).isEqualTo(0.0);
        assertThat(read.single()).isEqualTo(0.0f);
        assertThat(read.list()).containsExactly(0.0);
        assertThat(items(Numbers.class)
                        .query()
                        .where(eq("real", -0.0).and(eq("single", 0)).and(hasElement("list", -0.0)))
                        .count())
                .isEqualTo(1);
        assertThat(item.set(Numbers::real, 0.0).changedFields()).isEmpty();
    }

    @Test
    void bytes_come_back_and_cannot_be_changed_behind_the_items_back() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Item<Bytes> item = create(Bytes.class, new Bytes(all, List.of(new byte[0], all)));
        assertThat(item.reload().data().bytes()).isEqualTo(all);
        assertThat(item.reload().data().list().get(0)).isEmpty();
        assertThat(item.reload().data().list().get(1)).isEqualTo(all);
        assertThat(items(Bytes.class).query().where(eq("bytes", all)).count()).isEqualTo(1);
        assertThat(items(Bytes.class).query().where(eq("bytes", new byte[] {0})).count())
                .isZero();
        assertThat(items(Bytes.class).query().where(hasElement("list", all)).count())
                .isEqualTo(1);
        Document document = documents().fromRn(item.rn().toString()).get().data();
        assertThat((byte[]) document.get("bytes").orElseThrow()).isEqualTo(all);
        assertThat(create(Bytes.class, new Bytes(null, List.of()))
                        .reload()
                        .data()
                        .bytes())
                .isNull();
    }

    @Test
    void records_of_any_form_come_back() {
        Shaped data = new Shaped(
                new Square(2, new Pair<>("big", 5)),
                List.of(new Circle(1.5), new Nothing(), new Square(1, null)),
                new Tree("root", List.of(new Tree("leaf", List.of()), new Tree("", List.of()))),
                new Pair<>(Instant.EPOCH, List.of(1, 2)),
                Document.of(Map.of("x", 1L, "y", List.of(true, Document.EMPTY))),
                Optional.of(""),
                OptionalInt.of(Integer.MIN_VALUE),
                OptionalLong.of(Long.MAX_VALUE),
                OptionalDouble.of(0.1),
                Optional.of(List.of()),
                new LinkedHashSet<>(List.of(Color.GREEN, Color.RED)),
                new TreeSet<>(Set.of("b", "a")),
                List.of(3, 1, 2),
                Arrays.asList("a", null, ""),
                List.of(List.of(1, 2), List.of(), List.of(3)));
        Item<Shaped> item = create(Shaped.class, data);
        Shaped read = item.reload().data();
        assertThat(read).isEqualTo(data);
        assertThat(read.set()).containsExactly(Color.GREEN, Color.RED);
        Query<Shaped> query = items(Shaped.class).query();
        for (Filter filter : List.of(
                eq("shape.side", 2),
                eq("shape.label.second", 5),
                eq("shape.@type", "quad"),
                eq("shapes[0].radius", 1.5),
                eq("shapes[*].side", 1),
                eq("tree.children[0].name", "leaf"),
                eq("pair.second[1]", 2),
                gte("pair.first", Instant.EPOCH),
                eq("free.x", 1),
                eq("text", ""),
                eq("whole", Integer.MIN_VALUE),
                eq("set[*]", Color.RED),
                eq("matrix[0][1]", 2),
                eq("matrix[*][*]", 3),
                eq("gaps[2]", ""),
                isNull("gaps[1]"),
                eq("any[0]", 3))) {
            assertThat(query.where(filter).count()).as(filter.toString()).isEqualTo(1);
        }
        Shaped empty = new Shaped(
                new Nothing(),
                List.of(),
                new Tree("", List.of()),
                new Pair<>(Instant.EPOCH, List.of()),
                Document.EMPTY,
                Optional.empty(),
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                Set.of(),
                Collections.emptySortedSet(),
                List.of(),
                List.of(),
                List.of());
        assertThat(item.update(old -> empty).commit().reload().data()).isEqualTo(empty);
        assertThat(query.where(isNull("text").and(isNull("whole")).and(isNull("list")))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void lists_and_maps_that_were_read_cannot_be_changed() {
        Item<Text> item = create(Text.class, new Text("x", Map.of("a", "b"), List.of("c")));
        Text read = item.reload().data();
        assertThatThrownBy(() -> read.list().add("d")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> read.map().put("d", "e")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void maps_may_have_any_keys() {
        Map<String, Integer> texts = new LinkedHashMap<>();
        int value = 0;
        for (String key : List.of(
                "10",
                "2",
                "-1",
                "01",
                "",
                " ",
                ".",
                "a.b",
                "a[0]",
                "[*]",
                "*",
                "\"",
                "\\",
                "'",
                "$",
                "$.x",
                "#",
                "@type",
                "__proto__",
                "constructor",
                "é",
                SURROGATES,
                "\u0001",
                "\n",
                "?",
                ":x",
                "%_",
                "rnId",
                "null")) {
            texts.put(key, value++);
        }
        UUID uuid = UUID.fromString("3dd91ede-37a4-4c25-a86a-6f1a9e132186");
        Keyed data = new Keyed(
                texts,
                Map.of(Integer.MIN_VALUE, "a", 10, "b", 2, "c"),
                Map.of(Long.MAX_VALUE, "a"),
                Map.of(Color.GREEN, "a"),
                Map.of(uuid, "a"),
                Map.of(LocalDate.of(2024, 2, 29), "a"),
                Map.of(new BigDecimal("1.50"), "a"),
                Map.of(true, "a", false, "b"));
        Item<Keyed> item = create(Keyed.class, data);
        assertThat(item.reload().data()).isEqualTo(data);
        for (Map.Entry<String, Integer> entry : texts.entrySet()) {
            String key = entry.getKey();
            String path = "texts[\"" + key.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]";
            Query<Keyed> query = items(Keyed.class).query();
            assertThat(query.where(eq(path, entry.getValue())).count()).as(path).isEqualTo(1);
            assertThat(query.where(eq(path, 77)).count()).as(path).isZero();
            Item<Keyed> changed = item.set(path, 77).commit();
            assertThat(changed.reload().data().texts()).as(path).containsEntry(key, 77);
            item = changed.update(old -> data).commit();
        }
    }

    @Test
    void long_texts_come_back() {
        String half = "0123456789abcdef".repeat(320_000) + "é" + SURROGATES;
        String text = half + "needle" + half;
        Item<Text> item = create(Text.class, new Text(text, Map.of("k", text), List.of(half)));
        assertThat(text.length()).isGreaterThan(10_000_000);
        Text read = item.reload().data();
        assertThat(read.text().equals(text)).isTrue();
        assertThat(read.map().get("k").equals(text)).isTrue();
        assertThat(items(Text.class).query().where(contains("text", "needle")).count())
                .isEqualTo(1);
        assertThat(items(Text.class).query().where(eq("map.k", text)).count()).isEqualTo(1);
    }

    private static Document deep(int levels) {
        Document document = Document.of(Map.of("x", 1));
        for (int i = 1; i < levels; i++) {
            document = Document.of(Map.of("x", document));
        }
        return document;
    }

    private static Tree deepTree(int levels) {
        Tree tree = new Tree("leaf", List.of());
        for (int i = 1; i < levels; i++) {
            tree = new Tree("n", List.of(tree));
        }
        return tree;
    }

    @Stored(namespace = "values", kind = "deep")
    record Deep(@Nullable Tree tree, @Nullable Document document) {}

    @Test
    void nesting_has_a_limit_and_beyond_it_nothing_is_written() {
        // A tree has two levels for each of its own: the record and its list.
        Deep fits = new Deep(deepTree(50), deep(100));
        Item<Deep> item = create(Deep.class, fits);
        assertThat(item.reload().data()).isEqualTo(fits);
        assertThat(items(Deep.class)
                        .query()
                        .where(eq("document" + ".x".repeat(60), 1).negate())
                        .count())
                .isZero();
        refused(Deep.class, new Deep(deepTree(51), null), "tree");
        refused(Deep.class, new Deep(null, deep(101)), "document");
        assertThatThrownBy(() -> item.set("document", deep(101)).commit()).isInstanceOf(ValueException.class);
        assertThat(item.reload()).isEqualTo(item);
        assertThatThrownBy(
                        () -> documents().fromData("values", "deep", deep(102)).create())
                .isInstanceOf(ValueException.class);
    }

    /** Checks that the item is written neither alone nor as one of several. */
    private <T> void refused(Class<T> type, T data, String field) {
        long before = items(type).query().count();
        Throwable alone = catchThrowable(() -> create(type, data));
        assertThat(alone).isInstanceOf(ValueException.class).hasMessageContaining(field);
        assertThat(alone.getMessage()).doesNotContain("secret");
        assertThatThrownBy(() -> Korm.tx(
                                users().fromData(User.of("Fred", "freddie")),
                                items(type).fromData(data))
                        .persist())
                .isInstanceOf(ValueException.class);
        assertThat(users().query().count()).isZero();
        assertThat(items(type).query().count()).isEqualTo(before);
    }

    @Test
    void texts_that_some_store_cannot_hold_are_refused_everywhere() {
        for (String bad : List.of("secret\0", "\0", "secret\ud800", "\udc00secret", "\udc00\ud800")) {
            refused(Text.class, Text.of(bad), "text");
            refused(Text.class, new Text("x", Map.of("k", bad), List.of()), "map");
            refused(Text.class, new Text("x", Map.of(bad, "v"), List.of()), "map");
            refused(Text.class, new Text("x", Map.of(), List.of("a", bad)), "list");
            for (Map<String, ?> fields :
                    List.of(Map.of("f", bad), Map.of("f", List.of(bad)), Map.of("f", Map.of(bad, 1)))) {
                assertThatThrownBy(() -> documents()
                                .fromData("values", "text", Document.of(fields))
                                .create())
                        .isInstanceOf(ValueException.class);
            }
        }
        Item<Text> item = create(Text.class, Text.of("a"));
        assertThatThrownBy(() -> item.set(Text::text, "a\0b").commit()).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> items(Text.class)
                        .query()
                        .where(Filter.everything())
                        .updateAll(dev.korm.Assignment.set("text", "\ud800")))
                .isInstanceOf(ValueException.class);
        assertThat(item.reload()).isEqualTo(item);
    }

    @Test
    void a_text_that_cannot_be_stored_cannot_be_asked_for() {
        create(Text.class, new Text("a", Map.of("a", "a"), List.of("a")));
        create(Text.class, new Text("\ufffd", Map.of(), List.of()));
        create(Text.class, new Text("?", Map.of(), List.of()));
        for (String bad : List.of("a\0", "\0", "a\0b", "\ud800", "a\udc00")) {
            for (Filter filter : List.of(
                    eq("text", bad),
                    eq("list[*]", bad),
                    inList("text", bad, "none"),
                    Filter.startsWith("text", bad),
                    Filter.endsWith("text", bad),
                    contains("text", bad),
                    Filter.like("text", bad + "%"),
                    Filter.eqIgnoreCase("text", bad))) {
                assertThatThrownBy(() -> items(Text.class).query().where(filter).count())
                        .as(filter.toString())
                        .isInstanceOf(QueryException.class);
            }
            assertThatThrownBy(() -> documents()
                            .fromQuery("values", "text")
                            .where(eq("text", bad))
                            .count())
                    .isInstanceOf(QueryException.class);
            assertThatThrownBy(() -> items(Text.class).query().where(eq("list", List.of(bad))))
                    .isInstanceOf(QueryException.class);
        }
    }

    @Test
    void numbers_that_are_none_are_refused() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            refused(Numbers.class, new Numbers(bad, null, List.of()), "real");
            refused(Numbers.class, new Numbers(null, (float) bad, List.of()), "single");
            refused(Numbers.class, new Numbers(null, null, List.of(1.0, bad)), "list");
            assertThatThrownBy(() -> Document.of(Map.of("x", bad))).isInstanceOf(ValueException.class);
            assertThatThrownBy(() ->
                            items(Numbers.class).query().where(gt("real", bad)).count())
                    .isInstanceOf(KormException.class);
        }
    }

    @Test
    void times_beyond_four_digits_of_years_are_refused() {
        refused(Times.class, new Times(Instant.parse("9999-12-31T23:59:59Z").plusSeconds(1), null, null), "instant");
        refused(Times.class, new Times(Instant.MIN, null, null), "instant");
        refused(Times.class, new Times(null, LocalDate.of(-1, 12, 31), null), "date");
        refused(Times.class, new Times(null, null, Duration.ofSeconds(Long.MAX_VALUE)), "duration");
    }

    @Test
    void decimals_that_only_serve_to_fill_memory_are_refused() {
        refused(Money.class, new Money("x", new BigDecimal("1E+1000000"), null), "amount");
        refused(Money.class, new Money("x", null, new Price(new BigDecimal("1E-1000000"))), "price");
    }

    @Test
    void decimals_compare_order_and_add_up_by_value_and_exactly() {
        BigDecimal tiny = new BigDecimal("0.000000000000000000000000000001");
        List<String> amounts = List.of("2.50", "-1", "10", "9.999999999999999999999999999999", "0", "1E+30");
        for (String amount : amounts) {
            BigDecimal decimal = new BigDecimal(amount);
            create(Money.class, new Money(amount, decimal, new Price(decimal)));
        }
        create(Money.class, new Money("nothing", null, null));
        Query<Money> query = items(Money.class).query();
        for (String path : List.of("amount", "price.net")) {
            assertThat(names(query.where(eq(path, new BigDecimal("2.5"))))).containsExactly("2.50");
            assertThat(names(query.where(eq(path, 2.5)))).containsExactly("2.50");
            assertThat(names(query.where(eq(path, 10)))).containsExactly("10");
            assertThat(names(query.where(eq(path, new BigDecimal("10.000"))))).containsExactly("10");
            assertThat(names(query.where(gt(path, new BigDecimal("10").subtract(tiny)))))
                    .containsExactlyInAnyOrder("10", "1E+30");
            assertThat(names(query.where(lte(path, new BigDecimal("9.999999999999999999999999999998")))))
                    .containsExactlyInAnyOrder("2.50", "-1", "0");
            assertThat(names(query.where(inList(path, new BigDecimal("0.00"), BigInteger.TEN))))
                    .containsExactlyInAnyOrder("0", "10");
            assertThat(names(query.where(between(path, -1, 3)))).containsExactlyInAnyOrder("2.50", "-1", "0");
            assertThat(names(query.orderBy(asc(path))))
                    .containsExactly("-1", "0", "2.50", "9.999999999999999999999999999999", "10", "1E+30", "nothing");
            assertThat(query.min(path)).contains(new BigDecimal("-1"));
            assertThat((BigDecimal) query.max(path).orElseThrow()).isEqualByComparingTo("1E+30");
            assertThat((BigDecimal) query.sum(path))
                    .isEqualByComparingTo(
                            new BigDecimal("1000000000000000000000000000021.499999999999999999999999999999"));
            assertThat(query.where(lt(path, 3)).avg(path)).contains(0.5);
        }
        assertThat(query.where(eq("name", "2.50")).get().get(0).data().amount()).isEqualTo(new BigDecimal("2.50"));
        assertThat(query.where(eq("name", "none")).sum("amount")).isEqualTo(BigDecimal.ZERO);
    }

    private static List<String> names(Query<Money> query) {
        return query.get().stream().map(item -> item.data().name()).toList();
    }

    @Test
    void instants_and_dates_compare_as_times() {
        Instant noon = Instant.parse("2024-02-29T12:00:00Z");
        LocalDate day = LocalDate.of(2024, 2, 29);
        for (int i = -2; i <= 2; i++) {
            create(Times.class, new Times(noon.plusNanos(i), day.plusDays(i), Duration.ofNanos(i)));
        }
        Query<Times> query = items(Times.class).query();
        assertThat(query.where(eq(Times::instant, noon)).count()).isEqualTo(1);
        assertThat(query.where(gt(Times::instant, noon)).count()).isEqualTo(2);
        assertThat(query.where(gt(Times::instant, "2024-02-29T13:00:00+01:00")).count())
                .isEqualTo(2);
        assertThat(query.where(between(Times::date, day, day.plusDays(1))).count())
                .isEqualTo(2);
        assertThat(query.where(lt(Times::duration, Duration.ZERO)).count()).isEqualTo(2);
        assertThat(query.min(Times::instant)).contains(noon.minusNanos(2));
        assertThat(query.max(Times::date)).contains(day.plusDays(2));
        assertThat(query.max(Times::duration)).contains(Duration.ofNanos(2));
        assertThat(query.orderBy(desc(Times::instant))
                        .limit(1)
                        .get()
                        .get(0)
                        .data()
                        .date())
                .isEqualTo(day.plusDays(2));
        assertThatThrownBy(() -> query.where(gt(Times::instant, "yesterday"))).isInstanceOf(QueryException.class);
    }

    @Test
    void whole_numbers_add_up_or_say_that_they_are_too_many() {
        create(Scalars.class, Scalars.HIGH);
        Query<Scalars> query = items(Scalars.class).query();
        assertThat(query.sum(Scalars::large)).isEqualTo(Long.MAX_VALUE);
        create(Scalars.class, Scalars.HIGH);
        assertThatThrownBy(() -> query.sum(Scalars::large)).isInstanceOf(ValueException.class);
        assertThat(query.sum(Scalars::medium)).isEqualTo(2L * Integer.MAX_VALUE);
        assertThat(query.groupBy("medium").select(count(), sum("medium")).get(0).number(sum("medium")))
                .isEqualTo(2L * Integer.MAX_VALUE);
    }

    @Test
    void references_are_stored_as_their_text_and_what_only_looks_like_one_stays_text() {
        Rn<Document> rn = Rn.parse("[rn][from::main][tag::x]:people:plain:3dd91ede-37a4-4c25-a86a-6f1a9e132186");
        Item<Document> item = documents()
                .fromData(
                        "values",
                        "rns",
                        Document.of(Map.of(
                                "rn", rn, "list", List.of(rn), "odd", "[rn]nonsense", "odds", List.of("[rn]:a"))))
                .create();
        Document read = item.reload().data();
        assertThat(read.rn("rn")).isEqualTo(rn);
        assertThat(read.rn("list[0]").mods()).containsEntry("tag", "x");
        assertThat(read.get("odd")).contains("[rn]nonsense");
        assertThat(read.get("odds[0]")).contains("[rn]:a");
        assertThat(read.toJson()).contains("\"rn\":\"" + rn + "\"").contains("[\"" + rn + "\"]");
        assertThat(item.set("odd", "plain text").commit().reload().data().get("odd"))
                .contains("plain text");
        assertThat(documents()
                        .fromQuery("values", "rns")
                        .where(eq("rn", rn.toString()).and(eq("list[0]", rn)))
                        .count())
                .isEqualTo(1);
    }

    @Stored(namespace = "values", kind = "unique")
    record Uniques(
            @Nullable Unique<Address> address,
            @Nullable Unique<Double> number,
            Optional<Unique<String>> text,
            List<Unique<String>> inside) {}

    @Test
    void unique_values_of_any_type_are_compared_by_value() {
        Uniques first = new Uniques(
                Unique.of(new Address("Rome", "1", 2)),
                Unique.of(1.0),
                Optional.of(Unique.of("x")),
                List.of(Unique.of("same"), Unique.of("same")));
        Item<Uniques> item = create(Uniques.class, first);
        assertThat(item.reload().data()).isEqualTo(first);
        assertThat(Unique.of(Map.of("b", 1, "a", 2.0)).fingerprint())
                .isEqualTo(Unique.of(Document.of(Map.of("a", 2, "b", 1.0))).fingerprint());
        assertThatThrownBy(() -> create(
                        Uniques.class,
                        new Uniques(Unique.of(new Address("Rome", "1", 2)), null, Optional.empty(), List.of())))
                .hasMessageContaining("address");
        assertThatThrownBy(() -> create(Uniques.class, new Uniques(null, Unique.of(1.0), Optional.empty(), List.of())))
                .hasMessageContaining("number");
        assertThatThrownBy(() -> create(Uniques.class, new Uniques(null, null, Optional.of(Unique.of("x")), List.of())))
                .hasMessageContaining("text");
        Uniques nothing = new Uniques(null, null, Optional.empty(), List.of(Unique.of("same")));
        create(Uniques.class, nothing);
        create(Uniques.class, nothing);
        assertThat(items(Uniques.class)
                        .query()
                        .where(eq("address.city", "Rome"))
                        .count())
                .isEqualTo(1);
    }
}
