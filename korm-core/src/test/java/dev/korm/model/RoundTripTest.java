package dev.korm.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Document;
import dev.korm.Name;
import dev.korm.Rn;
import dev.korm.Unique;
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
import java.util.ArrayList;
import java.util.Collection;
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
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Random values of every type, through columns and through JSON. */
class RoundTripTest {
    record Numbers(
            boolean flag,
            Boolean maybeFlag,
            byte b,
            Byte maybeByte,
            short s,
            Short maybeShort,
            int i,
            Integer maybeInt,
            long l,
            Long maybeLong,
            float f,
            Float maybeFloat,
            double d,
            Double maybeDouble,
            BigDecimal decimal,
            BigInteger integer) {}

    record Texts(
            String text,
            char c,
            Character maybeChar,
            Month month,
            UUID uuid,
            Instant instant,
            LocalDate date,
            LocalTime time,
            LocalDateTime dateTime,
            OffsetDateTime offset,
            ZonedDateTime zoned,
            Duration duration,
            Period period,
            Year year,
            YearMonth yearMonth,
            MonthDay monthDay,
            ZoneId zone,
            ZoneOffset zoneOffset,
            Locale locale,
            Currency currency,
            URI uri,
            Rn<Texts> rn,
            DayOfWeek day) {}

    sealed interface Shape permits Circle, Flat {}

    sealed interface Flat extends Shape permits Square, Nothing {}

    record Circle(double radius, Optional<Shape> inside) implements Shape {}

    @Name("sq")
    record Square(@Name("1") long side, List<Shape> inside) implements Flat {}

    record Nothing() implements Flat {}

    record Structures(
            Numbers numbers,
            Texts texts,
            List<String> strings,
            Set<Integer> ints,
            SortedSet<String> sorted,
            Collection<List<Double>> nested,
            Map<String, Texts> byName,
            Map<Month, BigDecimal> byMonth,
            Map<UUID, Instant> byUuid,
            Map<Long, List<Rn<?>>> byLong,
            Map<Boolean, String> byFlag,
            Optional<String> maybe,
            OptionalInt maybeInt,
            OptionalLong maybeLong,
            OptionalDouble maybeDouble,
            Optional<Unique<Map<String, Integer>>> unique,
            Shape shape,
            Document document) {}

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    private <T> T some(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private <T> T orNull(Supplier<T> value) {
        return random.nextInt(4) == 0 ? null : value.get();
    }

    private long whole() {
        return random.nextBoolean() ? random.nextLong() : random.nextInt(200) - 100;
    }

    private double real() {
        double real = random.nextBoolean() ? Double.longBitsToDouble(random.nextLong()) : random.nextInt(1000) / 8.0;
        return Double.isFinite(real) && real != 0 ? real : 1.5;
    }

    private float narrow() {
        float real = Float.intBitsToFloat(random.nextInt());
        return Float.isFinite(real) && real != 0 ? real : 0.1f;
    }

    private BigDecimal decimal() {
        return new BigDecimal(new BigInteger(random.nextInt(200), random), random.nextInt(60) - 30);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int point = random.nextInt(3) == 0 ? 1 + random.nextInt(0x10ffff) : 1 + random.nextInt(127);
            text.appendCodePoint(point >= 0xd800 && point <= 0xdfff ? '"' : point);
        }
        return some(
                List.of(text.toString(), text.toString(), "__proto__", "constructor", "", "10", "2", "@type", "null"));
    }

    private LocalDate date() {
        return LocalDate.of(random.nextInt(10_000), 1 + random.nextInt(12), 1 + random.nextInt(28));
    }

    private LocalTime time() {
        return LocalTime.of(random.nextInt(24), random.nextInt(60), random.nextInt(60), random.nextInt(1_000_000_000));
    }

    private LocalDateTime dateTime() {
        return LocalDateTime.of(date(), time());
    }

    private Instant instant() {
        return dateTime().toInstant(ZoneOffset.UTC);
    }

    private UUID uuid() {
        return new UUID(
                random.nextLong() & ~0xf000L | 0x4000L, random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L);
    }

    private <T> Rn<T> rn() {
        Rn<T> rn = Rn.item("users", "basic", uuid());
        return random.nextBoolean() ? rn : rn.with("from", "layer one/é");
    }

    private Numbers numbers() {
        return new Numbers(
                random.nextBoolean(),
                orNull(random::nextBoolean),
                (byte) whole(),
                orNull(() -> (byte) whole()),
                (short) whole(),
                orNull(() -> (short) whole()),
                (int) whole(),
                orNull(() -> (int) whole()),
                whole(),
                orNull(this::whole),
                narrow(),
                orNull(this::narrow),
                real(),
                orNull(this::real),
                orNull(this::decimal),
                orNull(() -> new BigInteger(random.nextInt(200), random).negate()));
    }

    private Texts texts() {
        return new Texts(
                orNull(this::text),
                (char) (1 + random.nextInt(0xd7ff)),
                orNull(() -> '"'),
                orNull(() -> some(List.of(Month.values()))),
                orNull(this::uuid),
                orNull(this::instant),
                orNull(this::date),
                orNull(this::time),
                orNull(this::dateTime),
                orNull(() -> dateTime().atOffset(ZoneOffset.ofHours(random.nextInt(18)))),
                orNull(() -> LocalDateTime.of(2024, 3, 1, 12, 0).atZone(ZoneId.of("Europe/Paris"))),
                orNull(() -> Duration.ofNanos(random.nextLong())),
                orNull(() -> Period.of(random.nextInt(10), -random.nextInt(10), random.nextInt(100))),
                orNull(() -> Year.of(random.nextInt(20_000) - 10_000)),
                orNull(() -> YearMonth.from(date())),
                orNull(() -> MonthDay.from(date())),
                orNull(() -> some(List.of(ZoneId.of("Europe/Paris"), ZoneOffset.UTC, ZoneId.of("UTC")))),
                orNull(() -> ZoneOffset.ofHoursMinutes(5, 30)),
                orNull(() -> some(List.of(Locale.ROOT, Locale.GERMANY, Locale.forLanguageTag("zh-Hant-TW")))),
                orNull(() -> Currency.getInstance("EUR")),
                orNull(() -> URI.create("https://example.org/a%20b?c=d#e")),
                orNull(this::rn),
                orNull(() -> DayOfWeek.FRIDAY));
    }

    private Shape shape(int depth) {
        return switch (depth > 3 ? 2 : random.nextInt(3)) {
            case 0 -> new Circle(real(), Optional.ofNullable(orNull(() -> shape(depth + 1))));
            case 1 -> new Square(whole(), List.of(shape(depth + 1), shape(depth + 1)));
            default -> new Nothing();
        };
    }

    private <T> List<T> list(Supplier<T> entry) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(entry.get());
        }
        return list;
    }

    private <K, V> Map<K, V> map(Supplier<K> key, Supplier<V> value) {
        Map<K, V> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            map.put(key.get(), value.get());
        }
        return map;
    }

    private Object anything(int depth) {
        return switch (random.nextInt(depth > 3 ? 6 : 8)) {
            case 0 -> whole();
            case 1 -> real();
            case 2 -> random.nextBoolean();
            case 3 -> null;
            case 4 -> rn();
            case 5 -> text();
            case 6 -> list(() -> anything(depth + 1));
            default -> map(this::text, () -> anything(depth + 1));
        };
    }

    private Structures structures() {
        return new Structures(
                orNull(this::numbers),
                orNull(this::texts),
                orNull(() -> list(() -> orNull(this::text))),
                orNull(() -> new LinkedHashSet<>(list(() -> orNull(() -> (int) whole())))),
                orNull(() -> new TreeSet<>(list(this::text))),
                orNull(() -> list(() -> list(this::real))),
                orNull(() -> map(this::text, () -> orNull(this::texts))),
                orNull(() -> map(() -> some(List.of(Month.values())), () -> orNull(this::decimal))),
                orNull(() -> map(this::uuid, this::instant)),
                orNull(() -> map(this::whole, () -> list(this::rn))),
                orNull(() -> map(random::nextBoolean, this::text)),
                Optional.ofNullable(orNull(this::text)),
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of((int) whole()),
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(whole()),
                random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(real()),
                Optional.ofNullable(orNull(() -> Unique.of(map(this::text, () -> (int) whole())))),
                orNull(() -> shape(0)),
                orNull(() -> Document.of(map(this::text, () -> anything(0)))));
    }

    @Test
    void scalars_are_read_from_columns_as_they_were_stored() {
        Model<Numbers> numbers = Models.of(Numbers.class);
        Model<Texts> texts = Models.of(Texts.class);
        for (int i = 0; i < 500; i++) {
            Numbers number = numbers();
            assertThat(OneRow.of(numbers, number).read(numbers))
                    .as("seed %d", seed)
                    .isEqualTo(number);
            Texts text = texts();
            assertThat(OneRow.of(texts, text).read(texts)).as("seed %d", seed).isEqualTo(text);
        }
    }

    @Test
    void everything_is_read_from_json_as_it_was_stored() {
        Model<Structures> model = Models.of(Structures.class);
        for (int i = 0; i < 300; i++) {
            Structures data = structures();
            OneRow row = OneRow.of(model, data);
            assertThat(row.read(model)).as("seed %d", seed).isEqualTo(data);
            assertThat(model.sameData(row.read(model), data)).isTrue();
            assertThat(model.changedFields(row.read(model), data))
                    .as("seed %d", seed)
                    .isEmpty();
            assertThat(model.mapAllReferences(data, rn -> rn)).isSameAs(data);
            assertThat(model.describe(data)).containsOnlyKeys(model.fieldNames());
        }
    }

    @Test
    void a_document_is_read_as_it_was_stored() {
        Model<Document> model = Models.of(Document.class);
        for (int i = 0; i < 300; i++) {
            Map<String, Object> fields = new LinkedHashMap<>();
            for (String name : List.of("a", "b", "c", "d", "e")) {
                Object value = anything(0);
                if (value != null) {
                    fields.put(name, value);
                }
            }
            fields.put("decimal", decimal());
            fields.put("unique", Unique.of(map(this::text, () -> anything(2))));
            fields.put("bytes", new byte[] {1, 2, (byte) random.nextInt()});
            Document document = Document.of(fields);
            assertThat(OneRow.of(model, document).read(model))
                    .as("seed %d", seed)
                    .isEqualTo(document);
            assertThat(Document.parse(document.with("decimal", null)
                                    .with("bytes", null)
                                    .toJson())
                            .toJson())
                    .as("seed %d", seed)
                    .isEqualTo(
                            document.with("decimal", null).with("bytes", null).toJson());
        }
    }

    @Test
    void the_order_of_stored_texts_is_the_order_of_the_values() {
        for (int i = 0; i < 300; i++) {
            Instant one = instant();
            Instant other = random.nextBoolean() ? instant() : one.plusNanos(random.nextInt(3) - 1);
            record Times(Instant one, Instant other) {}
            Model<Times> model = Models.of(Times.class);
            OneRow row = OneRow.of(model, new Times(one, other));
            String text = (String) row.cell("one");
            assertThat(Integer.signum(text.compareTo((String) row.cell("other"))))
                    .as("seed %d", seed)
                    .isEqualTo(one.compareTo(other));
        }
    }

    @Test
    void bytes_are_kept() {
        record Blob(byte[] top, List<byte[]> nested) {}
        Model<Blob> model = Models.of(Blob.class);
        Blob blob = new Blob(new byte[] {0, 1, -1}, List.of(new byte[] {2}, new byte[0]));
        OneRow row = OneRow.of(model, blob);
        assertThat(row.cell("nested")).isEqualTo("[\"Ag==\",\"\"]");
        assertThat(model.sameData(row.read(model), blob)).isTrue();
        assertThat(model.sameData(row.read(model), new Blob(new byte[] {0, 1, 1}, blob.nested())))
                .isFalse();
        assertThat(model.describe(blob)).containsEntry("top", "3 bytes");
    }
}
