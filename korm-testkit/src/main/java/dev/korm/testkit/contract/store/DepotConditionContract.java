package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotException;
import dev.korm.depot.FileChangedException;
import dev.korm.depot.FileExistsException;
import dev.korm.depot.MissingFileException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities.Conditional;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** The obligations of every depot about conditions: files that must be absent, of a version, or newer than what is there. */
@NullUnmarked // Tests dereference what they expect to be there.
abstract class DepotConditionContract extends DepotNameContract {
    @Test
    void a_file_that_is_there_is_not_replaced_when_it_must_be_absent() {
        assumeTrue(depot().capabilities().has(Conditional.IF_ABSENT));
        PutOptions absent = PutOptions.NONE.when(PutCondition.ABSENT);
        depot().put(file("a"), new ByteArrayInputStream(HELLO), absent);

        for (int size : List.of(3, 20 * 1024 * 1024)) {
            assertThatExceptionOfType(FileExistsException.class)
                    .isThrownBy(() -> depot().put(file("a"), new ByteArrayInputStream(new byte[size]), absent))
                    .withMessageContaining(file("a").toString())
                    .satisfies(exists -> assertThat(exists.outcome()).isEqualTo(Outcome.NOT_APPLIED));
        }

        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(listed(below())).containsExactly(file("a").toString());
    }

    @Test
    void a_refused_file_takes_nothing_of_what_is_kept_with_the_one_that_is_there() {
        PutOptions kept = PutOptions.NONE
                .contentType("application/pdf")
                .attribute("item", "a")
                .attribute("revision", "5");
        depot().put(file("a"), new ByteArrayInputStream(HELLO), kept);
        List<PutCondition> refusing = new ArrayList<>();
        if (depot().capabilities().has(Conditional.IF_ABSENT)) {
            refusing.add(PutCondition.ABSENT);
        }
        if (depot().capabilities().has(Conditional.IF_NEWER)) {
            refusing.add(NEWER);
        }
        if (depot().capabilities().has(Conditional.IF_VERSION)) {
            refusing.add(new PutCondition.Version("another"));
        }

        for (PutCondition condition : refusing) {
            for (byte[] content : List.of(HELLO, new byte[3])) {
                PutOptions other = PutOptions.NONE
                        .contentType("text/plain")
                        .attribute("item", "a")
                        .attribute("revision", "4")
                        .when(condition);
                assertThatExceptionOfType(DepotException.class)
                        .isThrownBy(() -> depot().put(file("a"), new ByteArrayInputStream(content), other));
            }
        }

        FileStat stat = depot().stat(file("a")).orElseThrow();
        assertThat(stat.contentType()).contains("application/pdf");
        assertThat(stat.attributes()).containsEntry("item", "a").containsEntry("revision", "5");
        assertThat(stat.sha256()).contains(sha256(HELLO));
        assertThat(bytes(file("a"))).isEqualTo(HELLO);
    }

    @ConcurrentTest
    void of_many_that_store_what_must_be_absent_exactly_one_succeeds() throws Exception {
        assumeTrue(depot().capabilities().has(Conditional.IF_ABSENT));
        for (int round = 0; round < 5; round++) {
            Rn<?> file = file("race", "" + round);
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                byte[] own = random(i, 10_000);
                int number = i;
                writers.add(() -> {
                    try {
                        depot().put(file, new ByteArrayInputStream(own), PutOptions.NONE.when(PutCondition.ABSENT));
                        return number;
                    } catch (FileExistsException late) {
                        return -1;
                    }
                });
            }

            List<Integer> winners =
                    together(writers).stream().filter(number -> number >= 0).toList();

            assertThat(winners).hasSize(1);
            assertThat(bytes(file)).isEqualTo(random(winners.get(0), 10_000));
        }
    }

    @Test
    void a_file_is_replaced_only_in_the_version_that_was_looked_at() {
        assumeTrue(depot().capabilities().has(Conditional.IF_VERSION));
        String version = put(file("a"), HELLO).version();
        PutOptions only = PutOptions.NONE.when(new PutCondition.Version(version));

        depot().put(file("a"), new ByteArrayInputStream(new byte[3]), only);

        assertThatExceptionOfType(FileChangedException.class)
                .isThrownBy(() -> depot().put(file("a"), new ByteArrayInputStream(HELLO), only));
        assertThatThrownBy(() -> depot().put(file("none"), new ByteArrayInputStream(HELLO), only))
                .isInstanceOfAny(FileChangedException.class, MissingFileException.class);
        assertThat(bytes(file("a"))).isEqualTo(new byte[3]);
    }

    @Test
    void a_condition_that_the_store_does_not_keep_is_refused_and_nothing_stored() {
        Map<Conditional, PutCondition> all = Map.of(
                Conditional.IF_ABSENT,
                PutCondition.ABSENT,
                Conditional.IF_VERSION,
                new PutCondition.Version("1"),
                Conditional.IF_NEWER,
                NEWER);
        for (Conditional kind : Conditional.values()) {
            PutCondition condition = all.get(kind);
            if (depot().capabilities().has(kind)) {
                continue;
            }
            assertThatExceptionOfType(DepotException.class).isThrownBy(() -> depot().put(
                            file("a"), new ByteArrayInputStream(HELLO), PutOptions.NONE.when(condition)));
        }
        assertThat(listed(below())).isEmpty();
    }

    @Test
    void a_later_file_of_a_series_comes_to_its_name_and_an_earlier_one_is_given_up() {
        put(file("staged", "8"), "a", 8);
        put(file("staged", "10"), "a", 10);
        put(file("staged", "9"), "a", 9);
        put(file("staged", "10 again"), "a", 10);

        assertThat(depot().moveIfNewer(file("staged", "8"), file("docs", "x"), NEWER))
                .isTrue();
        assertThat(text(file("docs", "x"))).isEqualTo("a 8");
        assertThat(depot().moveIfNewer(file("staged", "10"), file("docs", "x"), NEWER))
                .isTrue();
        assertThat(text(file("docs", "x"))).isEqualTo("a 10");
        assertThat(depot().moveIfNewer(file("staged", "9"), file("docs", "x"), NEWER))
                .isFalse();
        assertThat(text(file("docs", "x"))).isEqualTo("a 10");
        assertThat(depot().moveIfNewer(file("staged", "10 again"), file("docs", "x"), NEWER))
                .isTrue();

        assertThat(text(file("docs", "x"))).isEqualTo("a 10");
        FileStat stat = depot().stat(file("docs", "x")).orElseThrow();
        assertThat(stat.attributes()).containsEntry("item", "a").containsEntry("revision", "10");
        assertThat(stat.contentType()).contains("text/plain");
        assertThat(stat.sha256()).contains(sha256("a 10".getBytes(StandardCharsets.UTF_8)));
        assertThat(listed(below())).containsExactly(file("docs", "x").toString());
    }

    @Test
    void a_file_of_another_series_is_replaced_unless_it_is_said_to_be_a_later_one() {
        for (String there : List.of("other 99", "none")) {
            if (there.equals("none")) {
                put(file("x"), HELLO);
            } else {
                put(file("x"), "other", 99);
            }
            byte[] before = bytes(file("x"));
            Instant modified = depot().stat(file("x")).orElseThrow().modified();

            put(file("staged"), "a", 1);
            assertThat(depot().moveIfNewer(file("staged"), file("x"), NEWER.replacing(any -> false)))
                    .isFalse();
            assertThat(bytes(file("x"))).isEqualTo(before);
            assertThat(depot().stat(file("staged"))).isEmpty();

            put(file("staged"), "a", 1);
            assertThat(depot().moveIfNewer(file("staged"), file("x"), NEWER.replacing(old -> old.modified()
                            .equals(modified))))
                    .isTrue();
            assertThat(text(file("x"))).isEqualTo("a 1");

            put(file("x"), "other", 99);
            put(file("staged"), "a", 2);
            assertThat(depot().moveIfNewer(file("staged"), file("x"), NEWER)).isTrue();
            assertThat(text(file("x"))).isEqualTo("a 2");
        }
    }

    @Test
    void nothing_is_moved_where_there_is_nothing() {
        put(file("x"), "a", 1);

        assertThatExceptionOfType(MissingFileException.class)
                .isThrownBy(() -> depot().moveIfNewer(file("none"), file("x"), NEWER))
                .withMessageContaining(file("none").toString());
        assertThatExceptionOfType(MissingFileException.class)
                .isThrownBy(() -> depot().moveIfNewer(file("none"), file("none"), NEWER));
        assertThat(depot().moveIfNewer(file("x"), file("x"), NEWER)).isTrue();
        assertThat(text(file("x"))).isEqualTo("a 1");
    }

    @Test
    void a_large_file_comes_to_its_name_unless_a_later_one_is_there() {
        byte[] large = random(11, 17 * 1024 * 1024);
        for (long revision : List.of(5L, 7L, 6L)) {
            large[0] = (byte) revision;
            depot().put(file("staged"), new ByteArrayInputStream(large), of("a", revision));
            assertThat(depot().moveIfNewer(file("staged"), file("x"), NEWER)).isEqualTo(revision != 6);
        }

        large[0] = 7;
        assertThat(sha256(bytes(file("x")))).isEqualTo(sha256(large));
        assertThat(depot().stat(file("x")).orElseThrow().sha256()).contains(sha256(large));
        assertThat(listed(below())).containsExactly(file("x").toString());
    }

    @Test
    void a_file_is_stored_unless_a_later_one_is_there() {
        assumeTrue(depot().capabilities().has(Conditional.IF_NEWER));
        for (long revision : List.of(5L, 7L)) {
            depot().put(file("x"), numbered("a", revision), of("a", revision).when(NEWER));
        }

        assertThatExceptionOfType(FileChangedException.class)
                .isThrownBy(() ->
                        depot().put(file("x"), numbered("a", 6), of("a", 6).when(NEWER)))
                .withMessageContaining(file("x").toString())
                .satisfies(later -> assertThat(later.outcome()).isEqualTo(Outcome.NOT_APPLIED));

        assertThat(text(file("x"))).isEqualTo("a 7");
        assertThat(depot().stat(file("x")).orElseThrow().attributes()).containsEntry("revision", "7");
    }

    @ConcurrentTest
    void of_many_that_move_files_of_one_series_to_one_name_the_latest_is_there_in_the_end() throws Exception {
        assumeTrue(depot().capabilities().has(Conditional.IF_NEWER));
        Random random = new Random(Seed.next(getClass()));
        try (Depot second = source().open(NAME, Environment.system())) {
            for (int round = 0; round < 8; round++) {
                Rn<?> target = file("race", "" + round);
                if (round % 2 == 1) {
                    put(target, "a", 1);
                }
                List<Callable<Boolean>> movers = new ArrayList<>();
                for (long revision = 2; revision < 10; revision++) {
                    Rn<?> staged = file("staged", round + " " + revision);
                    put(staged, "a", revision);
                    Depot by = revision % 2 == 0 ? depot() : second;
                    movers.add(() -> by.moveIfNewer(staged, target, NEWER));
                }
                java.util.Collections.shuffle(movers, random);

                together(movers);

                assertThat(text(target)).isEqualTo("a 9");
                assertThat(depot().stat(target).orElseThrow().attributes()).containsEntry("revision", "9");
                assertThat(listed(below("staged"))).isEmpty();
            }
        }
    }
}
