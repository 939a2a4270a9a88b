package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.ClosedException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.JournalSource;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.Seed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules for every {@link Journal}. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class JournalContract {
    private static final String POOL = "a-pool";

    private final List<Journal> opened = Collections.synchronizedList(new ArrayList<>());
    private JournalSource source;

    /** Returns the journal to hold against the contract, empty; asked once in each test. */
    protected abstract JournalSource source();

    /** Ends a run as if its process had been killed. Closing it is all that a test within one process can do with most. */
    protected void kill(Journal journal) {
        journal.close();
    }

    /** Returns a depot of the pool, for a journal that is kept in one. */
    protected Depot depot(String name) {
        throw new AssertionError("A journal that is not in a depot asks for none");
    }

    @BeforeEach
    void takeSource() {
        source = source();
    }

    @AfterEach
    void closeJournals() {
        opened.forEach(Journal::close);
        end();
    }

    /** Ends a test, after all journals are closed. */
    protected void end() {}

    /** Opens it for another run. */
    protected final Journal open() {
        return open(POOL);
    }

    private Journal open(String pool) {
        Journal journal = source.open(new JournalContext(pool, Environment.system(), this::depot));
        opened.add(journal);
        return journal;
    }

    /** Returns an entry whose body is a text. */
    protected static JournalEntry entry(Kind kind, String change, String body) {
        return new JournalEntry(kind, change, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns the unfinished entries of runs that are over, as texts. They stay for the next run. */
    protected static List<String> unfinished(Journal journal) {
        try (UnfinishedEntries entries = journal.unfinished()) {
            return texts(entries);
        }
    }

    private static List<String> texts(UnfinishedEntries entries) {
        List<String> texts = new ArrayList<>();
        for (Optional<JournalEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
            texts.add(next.get().kind() + " " + next.get().change() + " "
                    + StandardCharsets.UTF_8.decode(next.get().body().duplicate()));
        }
        assertThat(entries.next()).as("after the end").isEmpty();
        return texts;
    }

    @Test
    void what_was_appended_is_found_by_the_next_run() {
        Journal first = open();
        first.append(List.of(entry(Kind.PREPARED, "a-1", "one"), entry(Kind.PREPARED, "a-2", "")));
        first.append(List.of(entry(Kind.QUARANTINED, "a-3", "three"), JournalEntry.over("0123456789abcdef")));
        first.append(List.of());
        kill(first);
        assertThat(unfinished(open()))
                .containsExactlyInAnyOrder(
                        "PREPARED a-1 one", "PREPARED a-2 ", "QUARANTINED a-3 three", "OVER 0123456789abcdef ");
    }

    @Test
    void what_is_done_is_not_found_and_the_last_entry_of_a_change_holds() {
        Journal first = open();
        first.append(List.of(entry(Kind.PREPARED, "a", "x"), entry(Kind.PREPARED, "b", "x")));
        first.append(List.of(JournalEntry.done("a"), entry(Kind.QUARANTINED, "b", "why"), JournalEntry.done("never")));
        first.append(
                List.of(entry(Kind.PREPARED, "c", "x"), entry(Kind.QUARANTINED, "c", "why"), JournalEntry.done("c")));
        kill(first);
        assertThat(unfinished(open())).containsExactly("QUARANTINED b why");
    }

    @Test
    void a_run_has_an_id_that_no_other_has() {
        Set<String> runs = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            Journal journal = open();
            assertThat(journal.run()).matches("[0-9a-f]{16}");
            runs.add(journal.run());
            kill(journal);
        }
        assertThat(runs).hasSize(20);
        try (UnfinishedEntries entries = open().unfinished()) {
            assertThat(entries.runs()).isEqualTo(runs);
            assertThat(entries.next()).isEmpty();
        }
    }

    @Test
    void a_run_that_is_not_over_keeps_its_log_to_itself() {
        Journal living = open();
        living.append(List.of(entry(Kind.PREPARED, "a", "x")));
        Journal other = open();
        try (UnfinishedEntries entries = other.unfinished()) {
            assertThat(entries.runs()).isEmpty();
            assertThat(entries.next()).isEmpty();
            entries.forget();
        }
        living.append(List.of(entry(Kind.PREPARED, "b", "x")));
        kill(living);
        assertThat(unfinished(open())).containsExactlyInAnyOrder("PREPARED a x", "PREPARED b x");
    }

    @Test
    void a_log_is_taken_by_one_run_and_by_the_next_when_that_gives_it_up() {
        Journal first = open();
        first.append(List.of(entry(Kind.PREPARED, "a", "x")));
        kill(first);
        Journal second = open();
        Journal third = open();
        UnfinishedEntries taken = second.unfinished();
        assertThat(unfinished(third)).isEmpty();
        assertThat(texts(taken)).containsExactly("PREPARED a x");
        taken.close();
        assertThat(unfinished(open())).containsExactly("PREPARED a x");
    }

    @Test
    void a_run_that_ends_leaves_what_it_took_to_the_next() {
        Journal first = open();
        first.append(List.of(entry(Kind.PREPARED, "a", "x")));
        kill(first);
        Journal second = open();
        second.unfinished().next();
        kill(second);
        assertThat(unfinished(open())).containsExactly("PREPARED a x");
    }

    @Test
    void a_run_finds_what_others_leave_while_it_goes_on() {
        Journal living = open();
        assertThat(unfinished(living)).isEmpty();
        living.append(List.of(entry(Kind.PREPARED, "a-1", "one")));
        Journal other = open();
        other.append(List.of(entry(Kind.PREPARED, "b-1", "two")));
        assertThat(unfinished(living)).as("the other goes on").isEmpty();
        kill(other);
        try (UnfinishedEntries entries = living.unfinished()) {
            assertThat(entries.runs()).containsExactly(other.run());
            assertThat(texts(entries)).containsExactly("PREPARED b-1 two");
            living.append(List.of(JournalEntry.done("b-1")));
            entries.forget();
        }
        assertThat(unfinished(living)).isEmpty();
        living.append(List.of(entry(Kind.PREPARED, "a-2", "three")));
        kill(living);
        assertThat(unfinished(open())).containsExactlyInAnyOrder("PREPARED a-1 one", "PREPARED a-2 three");
    }

    @Test
    void what_is_forgotten_is_found_by_nobody() {
        Journal first = open();
        first.append(List.of(entry(Kind.PREPARED, "a", "x"), entry(Kind.PREPARED, "b", "x")));
        kill(first);
        Journal second = open();
        try (UnfinishedEntries entries = second.unfinished()) {
            assertThat(texts(entries)).hasSize(2);
            second.append(List.of(entry(Kind.QUARANTINED, "b", "why")));
            entries.forget();
        }
        kill(second);
        Journal third = open();
        try (UnfinishedEntries entries = third.unfinished()) {
            assertThat(entries.runs()).containsExactly(second.run());
            assertThat(texts(entries)).containsExactly("QUARANTINED b why");
        }
    }

    @Test
    void the_entry_of_the_later_run_holds() {
        List<String> runs = new ArrayList<>();
        Journal first = open();
        first.append(List.of(entry(Kind.PREPARED, "a", "x"), entry(Kind.PREPARED, "b", "x")));
        runs.add(first.run());
        kill(first);
        for (int i = 0; i < 10; i++) {
            Journal next = open();
            try (UnfinishedEntries entries = next.unfinished()) {
                assertThat(entries.runs()).containsExactlyInAnyOrderElementsOf(runs);
                assertThat(texts(entries)).hasSize(2);
                next.append(List.of(entry(Kind.QUARANTINED, "a", "by " + i)));
            }
            runs.add(next.run());
            kill(next);
        }
        Journal last = open();
        try (UnfinishedEntries entries = last.unfinished()) {
            assertThat(texts(entries)).containsExactlyInAnyOrder("QUARANTINED a by 9", "PREPARED b x");
            last.append(List.of(JournalEntry.done("a")));
        }
        kill(last);
        assertThat(unfinished(open())).containsExactly("PREPARED b x");
    }

    @Test
    void entries_of_other_pools_are_left_alone() {
        Journal other = open("another pool, ü");
        other.append(List.of(entry(Kind.PREPARED, "a", "x")));
        kill(other);
        Journal own = open();
        try (UnfinishedEntries entries = own.unfinished()) {
            assertThat(entries.runs()).isEmpty();
            assertThat(entries.next()).isEmpty();
            entries.forget();
        }
        kill(own);
        assertThat(unfinished(open("another pool, ü"))).containsExactly("PREPARED a x");
    }

    @Test
    void a_body_is_taken_from_its_position_to_its_limit_and_not_moved() {
        ByteBuffer body = ByteBuffer.wrap("abcdef".getBytes(StandardCharsets.UTF_8), 2, 3);
        ByteBuffer direct = ByteBuffer.allocateDirect(8)
                .put((byte) '-')
                .put((byte) 'd')
                .flip()
                .position(1);
        Journal journal = open();
        journal.append(List.of(
                new JournalEntry(Kind.PREPARED, "a", body),
                new JournalEntry(Kind.PREPARED, "b", direct),
                new JournalEntry(
                        Kind.PREPARED,
                        "c",
                        ByteBuffer.wrap("x".getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer())));
        assertThat(body.position()).isEqualTo(2);
        assertThat(body.limit()).isEqualTo(5);
        kill(journal);
        assertThat(unfinished(open())).containsExactlyInAnyOrder("PREPARED a cde", "PREPARED b d", "PREPARED c x");
    }

    @Test
    void a_body_may_be_large_and_an_id_long() {
        Random random = Seed.random(getClass());
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        Journal journal = open();
        for (int size : new int[] {0, 1, 4095, 4096, 4097, 1 << 20, (1 << 20) + 1, 5_000_000, 12_345_678, 3}) {
            byte[] body = new byte[size];
            random.nextBytes(body);
            String change = "c".repeat(90) + "-" + size;
            bodies.put(change, body);
            journal.append(List.of(
                    new JournalEntry(Kind.PREPARED, change, ByteBuffer.wrap(body)), JournalEntry.done("small")));
        }
        kill(journal);
        try (UnfinishedEntries entries = open().unfinished()) {
            Set<String> found = new TreeSet<>();
            for (Optional<JournalEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
                JournalEntry entry = next.get();
                byte[] body = new byte[entry.body().remaining()];
                entry.body().duplicate().get(body);
                assertThat(Arrays.equals(body, bodies.get(entry.change())))
                        .as(entry.change())
                        .isTrue();
                found.add(entry.change());
            }
            assertThat(found).isEqualTo(new TreeSet<>(bodies.keySet()));
        }
    }

    @Test
    void many_entries_are_appended_at_once_in_their_order() {
        Journal journal = open();
        List<JournalEntry> entries = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            entries.add(entry(Kind.PREPARED, "a-" + i, "x"));
            entries.add(i % 2 == 0 ? JournalEntry.done("a-" + i) : entry(Kind.QUARANTINED, "a-" + i, "y"));
        }
        journal.append(entries);
        kill(journal);
        assertThat(unfinished(open())).hasSize(64).allMatch(text -> text.startsWith("QUARANTINED"));
    }

    @Test
    void a_closed_journal_takes_nothing() {
        Journal journal = open();
        journal.append(List.of(entry(Kind.PREPARED, "a", "x")));
        journal.close();
        journal.close();
        assertThatExceptionOfType(ClosedException.class)
                .isThrownBy(() -> journal.append(List.of(JournalEntry.done("a"))));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(journal::unfinished);
        assertThat(unfinished(open())).containsExactly("PREPARED a x");
    }

    @Test
    void an_interrupted_thread_spoils_nothing() {
        Journal journal = open();
        Thread.currentThread().interrupt();
        boolean appended = appendInterrupted(journal, "a");
        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
        journal.append(List.of(entry(Kind.PREPARED, "b", "x")));
        kill(journal);
        assertThat(unfinished(open()))
                .containsExactlyInAnyOrderElementsOf(
                        appended ? List.of("PREPARED a x", "PREPARED b x") : List.of("PREPARED b x"));
    }

    /** Returns whether it was appended; otherwise nothing of it was. */
    private static boolean appendInterrupted(Journal journal, String change) {
        try {
            journal.append(List.of(entry(Kind.PREPARED, change, "x")));
            return true;
        } catch (OperationInterruptedException interrupted) {
            assertThat(interrupted.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            return false;
        }
    }

    @ConcurrentTest
    void interrupts_at_any_moment_spoil_nothing() throws InterruptedException {
        Journal journal = open();
        Set<String> expected = Collections.synchronizedSet(new TreeSet<>());
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String name = "t" + i + "-";
            writers.add(new Thread(() -> {
                try {
                    for (int n = 0; n < 150; n++) {
                        if (appendInterrupted(journal, name + n)) {
                            expected.add("PREPARED " + name + n + " x");
                        }
                        Thread.interrupted();
                    }
                } catch (RuntimeException | AssertionError failed) {
                    failures.add(failed);
                }
            }));
        }
        Thread interrupting = new Thread(() -> {
            Random random = Seed.random(getClass());
            while (!over.get()) {
                writers.get(random.nextInt(writers.size())).interrupt();
                for (int spin = random.nextInt(20_000); spin > 0; spin--) {
                    Thread.onSpinWait();
                }
            }
        });
        writers.forEach(Thread::start);
        interrupting.start();
        for (Thread writer : writers) {
            writer.join();
        }
        over.set(true);
        interrupting.join();
        assertThat(failures).isEmpty();
        journal.append(List.of(entry(Kind.PREPARED, "last", "x")));
        expected.add("PREPARED last x");
        kill(journal);
        assertThat(new TreeSet<>(unfinished(open()))).isEqualTo(expected);
    }

    @ConcurrentTest
    void many_threads_append_at_once() throws InterruptedException {
        Journal journal = open();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String name = "t" + i + "-";
            Thread thread = new Thread(() -> {
                try {
                    for (int n = 0; n < 50; n++) {
                        journal.append(
                                List.of(entry(Kind.PREPARED, name + n, "x"), entry(Kind.PREPARED, name + n, "y")));
                        if (n % 10 != 0) {
                            journal.append(List.of(JournalEntry.done(name + n)));
                        }
                    }
                } catch (RuntimeException failed) {
                    failures.add(failed);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        kill(journal);
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < 16; i++) {
            for (int n = 0; n < 50; n += 10) {
                expected.add("PREPARED t" + i + "-" + n + " y");
            }
        }
        List<String> found = unfinished(open());
        assertThat(found).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(found)).isEqualTo(expected);
    }
}
