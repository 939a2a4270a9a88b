package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.argument.NullArgumentException;
import dev.korm.depot.FileNameException;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** The obligations of every depot about names: listings, folders, copies and moves, and files below the names of others. */
@NullUnmarked // Tests dereference what they expect to be there.
abstract class DepotNameContract extends DepotContentContract {
    @Test
    void a_listing_has_the_files_below_a_folder_and_no_others() {
        put(file("docs", "a"), HELLO);
        put(file("docs", "deep", "down", "b"), new byte[7]);
        put(file("docs2", "c"), HELLO);
        put(file("d"), HELLO);

        assertThat(listed(below("docs")))
                .containsExactly(
                        file("docs", "a").toString(),
                        file("docs", "deep", "down", "b").toString());
        assertThat(listed(below("docs", "deep", "down")))
                .containsExactly(file("docs", "deep", "down", "b").toString());
        assertThat(listed(below())).hasSize(4);
        assertThat(listed(below("none"))).isEmpty();
        assertThat(listed(below("d"))).isEmpty();
        try (Stream<FileEntry> files = depot().list(below("docs", "deep"))) {
            assertThat(files).singleElement().satisfies(entry -> {
                assertThat(entry.size()).isEqualTo(7);
                assertThat(entry.modified()).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
            });
        }
    }

    @Test
    void null_is_refused_by_the_name_of_its_argument() {
        Rn<?> one = file("null", "one");
        Rn<?> other = file("null", "other");
        put(one, HELLO);
        InputStream none = InputStream.nullInputStream();
        PutCondition.Newer newer = PutCondition.Newer.of("series", "number");

        refusesNull("file", () -> depot().put(null, none, PutOptions.NONE));
        refusesNull("content", () -> depot().put(other, null, PutOptions.NONE));
        refusesNull("options", () -> depot().put(other, none, null));
        refusesNull("file", () -> depot().get(null));
        refusesNull("file", () -> depot().get(null, ByteRange.from(0)));
        refusesNull("range", () -> depot().get(one, null));
        refusesNull("file", () -> depot().stat(null));
        refusesNull("prefix", () -> depot().list(null));
        refusesNull("prefix", () -> depot().list(null, skipped -> {}));
        refusesNull("skipped", () -> depot().list(below("null"), null));
        refusesNull("prefix", () -> depot().folders(null));
        refusesNull("from", () -> depot().copy(null, other));
        refusesNull("to", () -> depot().copy(one, null));
        refusesNull("from", () -> depot().move(null, other));
        refusesNull("to", () -> depot().move(one, null));
        refusesNull("from", () -> depot().moveIfNewer(null, other, newer));
        refusesNull("to", () -> depot().moveIfNewer(one, null, newer));
        refusesNull("newer", () -> depot().moveIfNewer(one, other, null));
        refusesNull("file", () -> depot().requireStorable(null));
        refusesNull("file", () -> depot().delete(null));
        depot().links().ifPresent(links -> {
            refusesNull("file", () -> links.toGet(null, Duration.ofMinutes(1)));
            refusesNull("valid", () -> links.toGet(one, null));
            refusesNull("file", () -> links.toPut(null, Duration.ofMinutes(1), Optional.empty()));
            refusesNull("valid", () -> links.toPut(one, null, Optional.empty()));
            refusesNull("contentType", () -> links.toPut(one, Duration.ofMinutes(1), null));
        });
        assertThat(listed(below("null"))).containsExactly(one.toString());
    }

    private static void refusesNull(String argument, ThrowingCallable call) {
        assertThatExceptionOfType(NullArgumentException.class)
                .isThrownBy(call)
                .satisfies(refused -> assertThat(refused.argument()).isEqualTo(argument));
    }

    @Test
    void a_listing_has_all_pages() {
        for (int i = 0; i < many(); i++) {
            put(file("many", "file " + i), new byte[0]);
        }

        assertThat(listed(below("many"))).hasSize(many());
        try (Stream<FileEntry> first = depot().list(below("many"))) {
            assertThat(first.limit(3)).hasSize(3);
        }
    }

    @Test
    void folders_are_those_directly_below() {
        put(file("a", "b", "x"), HELLO);
        put(file("a", "c", "d", "x"), HELLO);
        put(file("a", "x"), HELLO);
        put(file("e", "x"), HELLO);

        assertThat(folders(below("a"))).containsExactly("b", "c");
        assertThat(folders(below())).containsExactly("a", "e");
        assertThat(folders(below("none"))).isEmpty();
        assertThat(folders(below("a", "b"))).isEmpty();
    }

    @Test
    void names_are_whatever_an_rn_can_have() {
        List<String> names = new ArrayList<>(List.of(
                "with space",
                "Umlaut \u00e4\u00f6\u00fc",
                "\u65e5\u672c",
                "\ud83d\ude00",
                "100%",
                "a+b",
                "a&b=c",
                "#1",
                "it's",
                "(1)",
                "a,b;c",
                "~home",
                "$money",
                "@at",
                "!",
                "a*b",
                ".hidden",
                "...",
                "-",
                "UPPER",
                "x".repeat(longestName() - "inside ".length())));
        for (String name : names) {
            put(file("names", name, "inside " + name), name.getBytes(StandardCharsets.UTF_8));
        }

        for (String name : names) {
            assertThat(new String(bytes(file("names", name, "inside " + name)), StandardCharsets.UTF_8))
                    .isEqualTo(name);
        }
        assertThat(listed(below("names")))
                .containsExactlyInAnyOrderElementsOf(names.stream()
                        .map(name -> file("names", name, "inside " + name).toString())
                        .toList());
        assertThat(folders(below("names"))).containsExactlyInAnyOrderElementsOf(names);
        names.forEach(name -> assertThat(depot().delete(file("names", name, "inside " + name)))
                .isTrue());
        assertThat(listed(below())).isEmpty();
    }

    @Test
    void names_that_are_none_are_refused_everywhere() {
        List<Rn<?>> none = List.of(
                below("a"),
                Rn.parse("[rn]:cars:suv:*"),
                Rn.parse("[rn]:cars:suv:3dd91ede-37a4-4c25-a86a-6f1a9e132186"),
                Rn.file("others", "a"),
                file(Depot.OWN, "a"),
                file("half \ud800 pair"));
        for (Rn<?> rn : none) {
            assertThatExceptionOfType(FileNameException.class)
                    .isThrownBy(() -> put(rn, HELLO))
                    .satisfies(refused -> assertThat(refused.outcome()).isEqualTo(Outcome.NOT_APPLIED));
            assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot().get(rn));
            assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot().stat(rn));
            assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot().delete(rn));
            put(file("from"), HELLO);
            assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot().copy(file("from"), rn));
            assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot().move(file("from"), rn));
        }
        assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot().list(file("a")));
        assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot().list(Rn.prefix("others")));
        assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot().folders(file("a")));
        assertThat(listed(below())).containsExactly(file("from").toString());
    }

    @Test
    void a_copy_is_the_same_under_another_name() {
        byte[] content = random(3, 300_000);
        depot().put(
                        file("a"),
                        new ByteArrayInputStream(content),
                        PutOptions.NONE.contentType("image/png").attribute("k", "v"));
        put(file("b", "c"), HELLO);

        FileStat copied = depot().copy(file("a"), file("b", "c"));

        assertThat(copied.rn()).isEqualTo(file("b", "c"));
        assertThat(copied.sha256()).contains(sha256(content));
        for (Rn<?> file : List.of(file("a"), file("b", "c"))) {
            FileStat stat = depot().stat(file).orElseThrow();
            assertThat(stat.sha256()).contains(sha256(content));
            assertThat(stat.contentType()).contains("image/png");
            assertThat(stat.attributes()).containsEntry("k", "v");
            assertThat(bytes(file)).isEqualTo(content);
        }
    }

    @Test
    void a_copy_of_a_large_file_is_the_same_and_outlives_it() {
        byte[] content = random(4, 17 * 1024 * 1024);
        depot().put(file("a"), new Trickle(content), PutOptions.NONE);

        depot().copy(file("a"), file("b"));
        depot().delete(file("a"));

        assertThat(depot().stat(file("b")).orElseThrow().sha256()).contains(sha256(content));
        assertThat(sha256(bytes(file("b")))).isEqualTo(sha256(content));
        assertThat(listed(below())).containsExactly(file("b").toString());
    }

    @Test
    void a_moved_file_has_its_new_name_alone() {
        depot().put(
                        file("a"),
                        new ByteArrayInputStream(HELLO),
                        PutOptions.NONE.contentType("text/plain").attribute("k", "v"));
        put(file("b", "c"), new byte[3]);

        FileStat moved = depot().move(file("a"), file("b", "c"));

        assertThat(moved.rn()).isEqualTo(file("b", "c"));
        assertThat(bytes(file("b", "c"))).isEqualTo(HELLO);
        FileStat stat = depot().stat(file("b", "c")).orElseThrow();
        assertThat(stat.contentType()).contains("text/plain");
        assertThat(stat.attributes()).containsEntry("k", "v");
        assertThat(stat.sha256()).contains(sha256(HELLO));
        assertThat(listed(below())).containsExactly(file("b", "c").toString());
    }

    @Test
    void a_file_moved_or_copied_to_itself_stays() {
        put(file("a"), HELLO);

        depot().copy(file("a"), file("a"));
        depot().move(file("a"), file("a"));

        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(depot().stat(file("a")).orElseThrow().sha256()).contains(sha256(HELLO));
    }

    @Test
    void a_file_can_lie_below_the_name_of_another() {
        List<List<Rn<?>>> orders = List.of(
                List.of(file("docs"), file("docs", "1"), file("docs", "1", "2")),
                List.of(file("docs", "1", "2"), file("docs", "1"), file("docs")),
                List.of(file("docs", "1"), file("docs", "1", "2"), file("docs")));
        for (List<Rn<?>> order : orders) {
            for (Rn<?> file : order) {
                depot().requireStorable(file);
                put(file, file.toString().getBytes(StandardCharsets.UTF_8));
            }

            for (Rn<?> file : order) {
                assertThat(text(file)).isEqualTo(file.toString());
                assertThat(depot().stat(file).orElseThrow().sha256()).isPresent();
            }
            assertThat(listed(below()))
                    .containsExactlyInAnyOrderElementsOf(
                            order.stream().map(Rn::toString).toList());
            assertThat(listed(below("docs"))).hasSize(2);
            assertThat(folders(below())).containsExactly("docs");
            assertThat(folders(below("docs"))).containsExactly("1");
            depot().move(file("docs", "1"), file("docs", "1", "2", "3"));
            assertThat(text(file("docs", "1", "2")))
                    .isEqualTo(file("docs", "1", "2").toString());
            assertThat(text(file("docs", "1", "2", "3")))
                    .isEqualTo(file("docs", "1").toString());
            depot().copy(file("docs", "1", "2", "3"), file("docs", "1"));
            assertThat(depot().delete(file("docs", "1", "2", "3"))).isTrue();
            for (Rn<?> file : order) {
                assertThat(text(file)).isEqualTo(file.toString());
                assertThat(depot().delete(file)).isTrue();
                assertThat(depot().stat(file)).isEmpty();
            }
            assertThat(listed(below())).isEmpty();
        }
    }

    @Test
    void a_depot_is_a_map_of_names_whatever_lies_below_what() {
        Random random = new Random(Seed.next(getClass()));
        Map<String, String> expected = new TreeMap<>();
        for (int step = 0; step < 150; step++) {
            Rn<?> one = anyFile(random);
            Rn<?> other = anyFile(random);
            boolean there = expected.containsKey(one.toString());
            switch (random.nextInt(5)) {
                case 0 -> {
                    assertThat(depot().delete(one)).isEqualTo(there);
                    expected.remove(one.toString());
                }
                case 1 -> {
                    if (there) {
                        depot().move(one, other);
                        expected.put(other.toString(), expected.remove(one.toString()));
                    }
                }
                case 2 -> {
                    put(one, "item", step);
                    depot().moveIfNewer(one, other, NEWER);
                    expected.remove(one.toString());
                    expected.put(other.toString(), "item " + step);
                }
                default -> {
                    put(one, "item", step);
                    expected.put(one.toString(), "item " + step);
                }
            }
            for (Rn<?> file : List.of(one, other)) {
                if (expected.containsKey(file.toString())) {
                    assertThat(text(file)).isEqualTo(expected.get(file.toString()));
                } else {
                    assertThat(depot().stat(file)).isEmpty();
                }
            }
        }

        assertThat(listed(below())).containsExactlyElementsOf(expected.keySet());
        expected.forEach((file, content) -> assertThat(text(Rn.parse(file))).isEqualTo(content));
    }

    private static Rn<?> anyFile(Random random) {
        String[] parts = new String[1 + random.nextInt(3)];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = random.nextBoolean() ? "a" : "b";
        }
        return file(parts);
    }

    @Test
    void files_below_each_other_come_and_go_at_the_same_time() throws Exception {
        List<Rn<?>> names = List.of(file("a"), file("a", "b"), file("a", "b", "c"), file("a", "d"));
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (Rn<?> own : names) {
            writers.add(() -> {
                for (int round = 0; round < 25; round++) {
                    put(own, HELLO);
                    if (!java.util.Arrays.equals(bytes(own), HELLO) || !depot().delete(own)) {
                        return false;
                    }
                }
                put(own, own.toString().getBytes(StandardCharsets.UTF_8));
                return true;
            });
        }

        assertThat(together(writers)).containsOnly(true);

        for (Rn<?> own : names) {
            assertThat(text(own)).isEqualTo(own.toString());
        }
        assertThat(listed(below())).hasSize(names.size());
    }

    @Test
    void a_name_can_be_checked_before_anything_is_stored() {
        put(file("there", "x"), HELLO);
        for (Rn<?> fine : List.of(file("a"), file("b", "c", "d"), file("there", "x"), file("there", "y"))) {
            depot().requireStorable(fine);
        }
        for (Rn<?> none : List.of(below("a"), Rn.file("others", "a"), file(Depot.OWN, "a"))) {
            assertThatExceptionOfType(FileNameException.class).isThrownBy(() -> depot().requireStorable(none));
        }

        assertThat(listed(below())).containsExactly(file("there", "x").toString());
        assertThat(folders(below())).containsExactly("there");
    }
}
