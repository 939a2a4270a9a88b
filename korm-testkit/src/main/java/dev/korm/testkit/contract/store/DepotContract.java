package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.ClosedException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.CorruptFileException;
import dev.korm.depot.DepotException;
import dev.korm.depot.FileChangedException;
import dev.korm.depot.FileContentException;
import dev.korm.depot.FileExistsException;
import dev.korm.depot.FileNameException;
import dev.korm.depot.MissingFileException;
import dev.korm.spi.Environment;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities.Conditional;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The obligations of every {@link Depot}. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class DepotContract {
    private static final String NAME = "files";
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    private @Nullable Depot opened;

    /** Returns the depot to hold against the contract; each test begins with an empty one. */
    protected abstract DepotSource source();

    /** Changes the bytes of a file behind the depot's back, and nothing that is kept with it. */
    protected abstract void damage(Rn<?> file);

    /** Returns how many letters a part of a name may have at least. */
    protected int longestName() {
        return 200;
    }

    /** More files than a page of a listing has. */
    protected int many() {
        return 1100;
    }

    @BeforeEach
    void openDepot() {
        opened = source().open(NAME, Environment.system());
    }

    @AfterEach
    void closeDepot() {
        depot().close();
    }

    /** Returns the depot of the test. */
    protected final Depot depot() {
        if (opened == null) {
            throw new IllegalStateException("The depot is opened before each test");
        }
        return opened;
    }

    /** Returns a file of it. */
    protected static Rn<?> file(String... parts) {
        return Rn.file(NAME, parts);
    }

    /** Lists its files. */
    protected static Rn<?> below(String... folders) {
        return Rn.prefix(NAME, folders);
    }

    /** Stores bytes. */
    protected final FileStat put(Rn<?> file, byte[] bytes) {
        return depot().put(file, new ByteArrayInputStream(bytes), PutOptions.NONE);
    }

    /** Returns all of a file. */
    protected final byte[] bytes(Rn<?> file) {
        try (FileContent content = depot().get(file)) {
            return content.stream().readAllBytes();
        } catch (IOException failed) {
            throw new AssertionError("A depot's stream throws typed exceptions", failed);
        }
    }

    private byte[] bytes(Rn<?> file, long from, long length) {
        try (FileContent content = depot().get(file, new ByteRange(from, length))) {
            return content.stream().readAllBytes();
        } catch (IOException failed) {
            throw new AssertionError("A depot's stream throws typed exceptions", failed);
        }
    }

    /** Returns the checksum of bytes. */
    protected static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(Digesting.sha256().digest(bytes));
    }

    /** Returns the bytes of a seed. */
    protected static byte[] random(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private List<String> listed(Rn<?> prefix) {
        try (Stream<FileEntry> files = depot().list(prefix)) {
            return files.map(entry -> entry.rn().toString()).sorted().toList();
        }
    }

    @Test
    void a_file_comes_back_with_all_that_was_given() {
        PutOptions options = PutOptions.NONE
                .contentType("text/markdown")
                .attribute("item", "cars:suv:1")
                .attribute("by", "a test");

        FileStat stored = depot().put(file("docs", "hello.txt"), new ByteArrayInputStream(HELLO), options);

        FileStat read = depot().stat(file("docs", "hello.txt")).orElseThrow();
        assertThat(stored.size()).isEqualTo(5);
        assertThat(stored.sha256()).contains(sha256(HELLO));
        assertThat(read.rn()).isEqualTo(file("docs", "hello.txt"));
        assertThat(read.size()).isEqualTo(5);
        assertThat(read.sha256()).contains(sha256(HELLO));
        assertThat(read.contentType()).contains("text/markdown");
        assertThat(read.attributes()).containsEntry("item", "cars:suv:1").containsEntry("by", "a test");
        assertThat(read.version()).isEqualTo(stored.version());
        try (FileContent content = depot().get(file("docs", "hello.txt"))) {
            assertThat(content.stat().contentType()).contains("text/markdown");
            assertThat(content.stat().sha256()).contains(sha256(HELLO));
            assertThat(content.stat().size()).isEqualTo(5);
        }
        assertThat(bytes(file("docs", "hello.txt"))).isEqualTo(HELLO);
    }

    @Test
    void the_time_of_a_file_is_about_now() {
        Instant modified = put(file("now"), HELLO).modified();

        assertThat(Duration.between(modified, Environment.system().clock().instant())
                        .abs())
                .isLessThan(Duration.ofMinutes(5));
    }

    @Test
    void an_empty_file_is_a_file() {
        put(file("empty"), new byte[0]);

        assertThat(bytes(file("empty"))).isEmpty();
        assertThat(depot().stat(file("empty")).orElseThrow().size()).isZero();
        assertThat(bytes(file("empty"), 0, 10)).isEmpty();
    }

    @Test
    void a_stream_of_unknown_length_comes_back_whole() {
        byte[] large = random(1, 20 * 1024 * 1024 + 17);

        FileStat stored = depot().put(file("large"), new Trickle(large), PutOptions.NONE.contentType("image/png"));

        assertThat(stored.size()).isEqualTo(large.length);
        assertThat(stored.sha256()).contains(sha256(large));
        FileStat read = depot().stat(file("large")).orElseThrow();
        assertThat(read.size()).isEqualTo(large.length);
        assertThat(read.sha256()).contains(sha256(large));
        assertThat(read.contentType()).contains("image/png");
        assertThat(sha256(bytes(file("large")))).isEqualTo(sha256(large));
        assertThat(bytes(file("large"), 9_000_000, 1000))
                .isEqualTo(java.util.Arrays.copyOfRange(large, 9_000_000, 9_001_000));
    }

    @Test
    void a_later_file_takes_the_place_of_an_earlier_one_with_all_that_was_kept_with_it() {
        depot().put(
                        file("a"),
                        new ByteArrayInputStream(random(1, 100_000)),
                        PutOptions.NONE.contentType("image/png").attribute("old", "yes"));

        put(file("a"), HELLO);

        FileStat stat = depot().stat(file("a")).orElseThrow();
        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(stat.attributes()).isEmpty();
        assertThat(stat.contentType()).isNotEqualTo(Optional.of("image/png"));
        assertThat(stat.sha256()).contains(sha256(HELLO));
    }

    @Test
    void the_giver_keeps_the_stream() {
        Trickle content = new Trickle(HELLO);

        depot().put(file("a"), content, PutOptions.NONE);

        assertThat(content.closed).isFalse();
    }

    @Test
    void content_that_fails_leaves_what_was_there() {
        put(file("a"), HELLO);
        for (int size : List.of(0, 100, 20 * 1024 * 1024)) {
            assertThatExceptionOfType(FileContentException.class)
                    .isThrownBy(() -> depot().put(file("a"), new Failing(size), PutOptions.NONE))
                    .withMessageContaining(file("a").toString())
                    .withCauseInstanceOf(IOException.class);
            assertThatExceptionOfType(FileContentException.class)
                    .isThrownBy(() -> depot().put(file("new"), new Failing(size), PutOptions.NONE));
        }

        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(depot().stat(file("new"))).isEmpty();
        assertThat(listed(below())).containsExactly(file("a").toString());
    }

    @Test
    void content_that_is_not_what_was_announced_is_refused() {
        put(file("a"), HELLO);

        assertThatExceptionOfType(FileContentException.class)
                .isThrownBy(
                        () -> depot().put(file("a"), new ByteArrayInputStream(new byte[9]), PutOptions.NONE.size(10)))
                .withMessageContaining("9 bytes");
        assertThatExceptionOfType(FileContentException.class).isThrownBy(() -> depot().put(
                        file("a"), new ByteArrayInputStream(new byte[9]), PutOptions.NONE.sha256(sha256(HELLO))));
        depot().put(
                        file("b"),
                        new ByteArrayInputStream(HELLO),
                        PutOptions.NONE.size(5).sha256(sha256(HELLO)));

        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(bytes(file("b"))).isEqualTo(HELLO);
    }

    @Test
    void what_is_not_there_is_missing() {
        assertThat(depot().stat(file("none"))).isEmpty();
        assertThat(depot().stat(file("no", "folder", "none"))).isEmpty();
        assertThat(depot().delete(file("none"))).isFalse();
        for (Rn<?> none : List.of(file("none"), file("no", "folder", "none"))) {
            assertThatExceptionOfType(MissingFileException.class)
                    .isThrownBy(() -> depot().get(none))
                    .withMessageContaining(none.toString())
                    .satisfies(missing -> {
                        assertThat(missing.depot()).isEqualTo(NAME);
                        assertThat(missing.rn()).contains(none);
                        assertThat(missing.isRetryable()).isFalse();
                        assertThat(missing.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                    });
            assertThatExceptionOfType(MissingFileException.class)
                    .isThrownBy(() -> depot().get(none, ByteRange.from(0)));
            assertThatExceptionOfType(MissingFileException.class).isThrownBy(() -> depot().copy(none, file("to")));
            assertThatExceptionOfType(MissingFileException.class).isThrownBy(() -> depot().move(none, file("to")));
        }
    }

    @Test
    void a_deleted_file_is_gone() {
        put(file("a", "b"), HELLO);

        assertThat(depot().delete(file("a", "b"))).isTrue();

        assertThat(depot().stat(file("a", "b"))).isEmpty();
        assertThat(depot().delete(file("a", "b"))).isFalse();
        assertThat(listed(below())).isEmpty();
    }

    @Test
    void a_range_is_as_much_of_it_as_there_is() {
        long seed = Seed.next(getClass());
        byte[] all = random(seed, 200_000);
        put(file("a"), all);
        Random random = new Random(seed);

        assertThat(bytes(file("a"), 0, 0)).isEmpty();
        assertThat(bytes(file("a"), 200_000, 5)).isEmpty();
        assertThat(bytes(file("a"), 1_000_000, 5)).isEmpty();
        assertThat(bytes(file("a"), 0, Long.MAX_VALUE)).isEqualTo(all);
        assertThat(bytes(file("a"), 199_999, Long.MAX_VALUE)).containsExactly(all[199_999]);
        for (int i = 0; i < 30; i++) {
            int from = random.nextInt(200_000);
            int length = 1 + random.nextInt(150_000);
            assertThat(bytes(file("a"), from, length))
                    .isEqualTo(java.util.Arrays.copyOfRange(all, from, Math.min(200_000, from + length)));
        }
    }

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

    private Set<String> folders(Rn<?> prefix) {
        try (Stream<String> folders = depot().folders(prefix)) {
            return new TreeSet<>(folders.toList());
        }
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

    @Test
    void whatever_the_content_throws_leaves_what_was_there() {
        put(file("a"), HELLO);
        for (int size : List.of(0, 100, 20 * 1024 * 1024)) {
            for (Throwable thrown :
                    List.of(new StackOverflowError("The test says so"), new IllegalStateException("So"))) {
                for (Rn<?> file : List.of(file("a"), file("new"))) {
                    assertThatThrownBy(() -> depot().put(file, new Throwing(size, thrown), PutOptions.NONE))
                            .isSameAs(thrown);
                }
            }
        }

        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(listed(below())).containsExactly(file("a").toString());
        put(file("new"), HELLO);
    }

    @Test
    void an_interrupted_thread_is_told_so_and_everything_stays_whole() {
        put(file("a"), "a", 5);
        List<Runnable> calls = List.of(
                () -> put(file("a"), "a", 6),
                () -> put(file("b"), HELLO),
                () -> bytes(file("a")),
                () -> depot().stat(file("a")),
                () -> listed(below()),
                () -> depot().copy(file("a"), file("c")),
                () -> depot().move(file("a"), file("a", "d")),
                () -> depot().moveIfNewer(file("a", "d"), file("a"), NEWER),
                () -> depot().delete(file("b")));
        for (Runnable call : calls) {
            Thread.currentThread().interrupt();
            try {
                call.run();
            } catch (OperationInterruptedException told) {
                assertThat(told).hasMessageContaining("interrupted");
            } catch (MissingFileException earlier) {
                assertThat(earlier.isRetryable()).isFalse();
            } finally {
                assertThat(Thread.interrupted()).as("The flag stays").isTrue();
            }
        }

        try (Stream<FileEntry> files = depot().list(below())) {
            assertThat(files.map(FileEntry::rn).map(this::text)).allMatch(text -> text.matches("a [56]|hello"));
        }
        put(file("a"), HELLO);
        assertThat(bytes(file("a"))).isEqualTo(HELLO);
    }

    @Test
    void content_that_interrupts_its_thread_is_stored_whole_or_not_at_all() {
        put(file("a"), HELLO);
        byte[] large = random(12, 20 * 1024 * 1024);
        InputStream interrupting = new ByteArrayInputStream(large) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                if (pos > 12 * 1024 * 1024) {
                    Thread.currentThread().interrupt();
                }
                return super.read(buffer, offset, length);
            }
        };
        boolean stored = false;
        try {
            depot().put(file("a"), interrupting, PutOptions.NONE);
            stored = true;
        } catch (OperationInterruptedException told) {
            assertThat(told.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            assertThat(told).hasMessageContaining(file("a").toString());
        } finally {
            assertThat(Thread.interrupted()).as("The flag stays").isTrue();
        }

        assertThat(sha256(bytes(file("a")))).isEqualTo(sha256(stored ? large : HELLO));
        assertThat(listed(below())).containsExactly(file("a").toString());
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

    private static final PutCondition.Newer NEWER = PutCondition.Newer.of("item", "revision");

    /** Stores a file of a series, whose bytes say which it is. */
    private void put(Rn<?> file, String item, long revision) {
        depot().put(file, numbered(item, revision), of(item, revision));
    }

    private static ByteArrayInputStream numbered(String item, long revision) {
        return new ByteArrayInputStream((item + " " + revision).getBytes(StandardCharsets.UTF_8));
    }

    private static PutOptions of(String item, long revision) {
        return PutOptions.NONE
                .contentType("text/plain")
                .attribute("item", item)
                .attribute("revision", Long.toString(revision));
    }

    private String text(Rn<?> file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
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
    void a_file_of_another_series_is_replaced_unless_it_was_stored_after_an_instant() {
        for (String there : List.of("other 99", "none")) {
            if (there.equals("none")) {
                put(file("x"), HELLO);
            } else {
                put(file("x"), "other", 99);
            }
            byte[] before = bytes(file("x"));
            Instant modified = depot().stat(file("x")).orElseThrow().modified();

            put(file("staged"), "a", 1);
            assertThat(depot().moveIfNewer(file("staged"), file("x"), NEWER.since(modified.minusSeconds(1))))
                    .isFalse();
            assertThat(bytes(file("x"))).isEqualTo(before);
            assertThat(depot().stat(file("staged"))).isEmpty();

            put(file("staged"), "a", 1);
            assertThat(depot().moveIfNewer(file("staged"), file("x"), NEWER.since(modified)))
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

    @ConcurrentTest
    void whoever_reads_while_many_write_sees_one_whole_file() throws Exception {
        put(file("a"), random(0, 150_000));
        Set<String> whole = new TreeSet<>();
        for (int i = 0; i < 4; i++) {
            whole.add(sha256(random(i, 150_000 + i)));
        }
        whole.add(sha256(random(0, 150_000)));
        List<Callable<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] own = random(i, 150_000 + i);
            all.add(() -> {
                for (int round = 0; round < 5; round++) {
                    put(file("a"), own);
                }
                return true;
            });
            all.add(() -> {
                for (int round = 0; round < 10; round++) {
                    if (!whole.contains(sha256(bytes(file("a"))))) {
                        return false;
                    }
                }
                return true;
            });
        }

        assertThat(together(all)).containsOnly(true);
        assertThat(whole).contains(sha256(bytes(file("a"))));
        assertThat(listed(below())).containsExactly(file("a").toString());
    }

    @Test
    void damage_is_noticed_by_whoever_reads_to_the_end() {
        byte[] content = random(9, 200_000);
        put(file("a"), content);
        put(file("b"), content);

        damage(file("a"));

        assertThatExceptionOfType(CorruptFileException.class)
                .isThrownBy(() -> bytes(file("a")))
                .withMessageContaining(file("a").toString())
                .satisfies(corrupt -> {
                    assertThat(corrupt.depot()).isEqualTo(NAME);
                    assertThat(corrupt.rn()).contains(file("a"));
                    assertThat(corrupt.isRetryable()).isFalse();
                });
        assertThat(bytes(file("b"))).isEqualTo(content);
    }

    @Test
    void a_closed_depot_refuses_everything_and_ends_its_streams() throws Exception {
        put(file("a"), random(1, 5_000_000));
        FileContent reading = depot().get(file("a"));
        assertThat(reading.stream().read()).isNotNegative();

        depot().close();
        depot().close();

        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> put(file("b"), HELLO));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> depot().get(file("a")));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> depot().stat(file("a")));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> depot().list(below()));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> depot().delete(file("a")));
        assertThatExceptionOfType(ClosedException.class)
                .isThrownBy(() -> reading.stream().readAllBytes());
        reading.close();
    }

    @Test
    void files_stay_when_the_depot_is_opened_again() {
        depot().put(file("a"), new ByteArrayInputStream(HELLO), PutOptions.NONE.contentType("text/plain"));
        depot().close();
        opened = source().open(NAME, Environment.system());

        assertThat(bytes(file("a"))).isEqualTo(HELLO);
        assertThat(depot().stat(file("a")).orElseThrow().contentType()).contains("text/plain");
        assertThat(depot().name()).isEqualTo(NAME);
    }

    private static <R> List<R> together(List<Callable<R>> tasks) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<R> results = new ArrayList<>();
            for (Future<R> done : threads.invokeAll(tasks)) {
                results.add(done.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Gives bytes in odd pieces, as a network does. */
    private static final class Trickle extends ByteArrayInputStream {
        private boolean closed;
        private int piece = 1;

        Trickle(byte[] bytes) {
            super(bytes);
        }

        @Override
        public synchronized int read(byte[] buffer, int offset, int length) {
            piece = piece * 7 % 65_521 + 1;
            return super.read(buffer, offset, Math.min(length, piece));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Gives some bytes and then throws what no stream should. */
    private static final class Throwing extends InputStream {
        private final Throwable thrown;
        private int left;

        Throwing(int size, Throwable thrown) {
            this.left = size;
            this.thrown = thrown;
        }

        @Override
        public int read() {
            return read(new byte[1], 0, 1) < 0 ? -1 : 0;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (left <= 0) {
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) thrown;
            }
            int read = Math.min(length, left);
            left -= read;
            return read;
        }
    }

    /** Gives some bytes and then fails. */
    private static final class Failing extends InputStream {
        private int left;

        Failing(int size) {
            this.left = size;
        }

        @Override
        public int read() throws IOException {
            if (left-- <= 0) {
                throw new IOException("The source is gone");
            }
            return 0;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left <= 0) {
                throw new IOException("The source is gone");
            }
            int read = Math.min(length, left);
            left -= read;
            return read;
        }
    }
}
