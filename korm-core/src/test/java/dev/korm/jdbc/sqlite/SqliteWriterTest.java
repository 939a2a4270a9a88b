package dev.korm.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.schema.ColumnSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Commits that are shared, and what is left behind. */
class SqliteWriterTest extends SqliteWorld {
    @Test
    void batches_that_wait_share_one_commit() throws Exception {
        SqliteLayer layer = open();
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        SqliteWriter writer = layer.writerForTests().orElseThrow();
        int threads = 50;
        PreparedBatch gate = layer.prepare(Batch.of(List.of(user(1000, "gate"))));
        List<Thread> started = new ArrayList<>();
        List<BatchResult> results = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < threads; i++) {
            // Every fifth is refused, which must not touch the others.
            Mutation[] batch = i % 5 == 0
                    ? new Mutation[] {user(i, "x"), user(1000, "taken")}
                    : new Mutation[] {user(i, "x"), user(200 + i, "y")};
            Thread thread = new Thread(() -> results.add(apply(layer, batch)));
            started.add(thread);
            thread.start();
        }
        while (writer.waiting() < threads) {
            Thread.onSpinWait();
        }
        long before = writer.commits();
        gate.commit();
        for (Thread thread : started) {
            thread.join();
        }
        assertThat(writer.commits() - before)
                .as("the gate's commit and one for all")
                .isEqualTo(2);
        assertThat(results.stream().filter(BatchResult.Applied.class::isInstance))
                .hasSize(40);
        assertThat(count(layer)).isEqualTo(81);
    }

    @Test
    void a_commit_waits_for_the_disk_unless_told_otherwise() {
        SqliteLayer layer = open();
        assertThat(setting(layer, "journal_mode")).isEqualTo("wal");
        assertThat(setting(layer, "synchronous")).as("FULL").isEqualTo("2");
    }

    private static String setting(SqliteLayer layer, String name) {
        return layer.writerForTests()
                .orElseThrow()
                .inTransaction(
                        "Reading a setting",
                        session -> session.query(new Sql("PRAGMA " + name, List.of()), rows -> rows.getString(1)));
    }

    @Test
    void a_thread_that_is_interrupted_while_it_waits_is_told_so_and_stays_interrupted() throws Exception {
        SqliteLayer layer = open();
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        PreparedBatch gate = layer.prepare(Batch.of(List.of(user(1000, "gate"))));
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Boolean> interrupted = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Runnable> calls = List.of(
                () -> apply(layer, user(1, "Ada")),
                () -> layer.prepare(Batch.of(List.of(user(2, "Bob")))),
                () -> layer.evolve(schema(USERS, NAME, REVISION, new ColumnSchema("more", ColumnKind.TEXT)), Set.of()));
        List<Thread> threads = new ArrayList<>();
        for (Runnable call : calls) {
            Thread thread = new Thread(() -> {
                failures.add(catchThrowable(call::run));
                interrupted.add(Thread.currentThread().isInterrupted());
            });
            threads.add(thread);
            thread.start();
        }
        while (layer.writerForTests().orElseThrow().waiting() < calls.size()) {
            Thread.onSpinWait();
        }
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
        gate.commit();
        assertThat(failures).hasSize(3).allSatisfy(failure -> assertThat(failure)
                .isInstanceOfSatisfying(OperationInterruptedException.class, told -> assertThat(told.outcome())
                        .isEqualTo(Outcome.NOT_APPLIED)));
        assertThat(interrupted).containsExactly(true, true, true);
        assertThat(count(layer)).isEqualTo(1);
    }

    @Test
    void an_interrupted_thread_closes_completely() {
        SqliteLayer layer = open();
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        apply(layer, user(1, "Ada"));
        Thread.currentThread().interrupt();
        layer.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(folder).isDirectoryNotContaining("glob:**-wal");
    }

    @Test
    void closing_leaves_one_file_no_open_handle_and_no_thread() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        SqliteLayer layer = open();
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        apply(layer, user(1, "Ada"), user(2, "Bob"));
        RowCursor leftOpen = layer.select(users(Condition.ALWAYS, value("name", ColumnKind.TEXT)));
        leftOpen.next();
        count(layer);
        assertThat(handles()).isNotEmpty();
        layer.close();
        assertThat(handles()).isEmpty();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file());
        }
        assertThat(layer.openReaders()).isZero();
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !before.contains(thread) && !thread.isDaemon()))
                .isEmpty();
    }

    @Test
    void opening_that_fails_leaves_no_handle() throws Exception {
        Files.writeString(file(), "no database ".repeat(1000));
        for (int i = 0; i < 3; i++) {
            try {
                open();
            } catch (dev.korm.StoreException expected) {
                assertThat(handles()).isEmpty();
            }
        }
    }

    /** What this process has open of the test's folder; nothing where the system does not say. */
    private List<String> handles() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            for (Path link : links.toList()) {
                try {
                    String target = Files.readSymbolicLink(link).toString();
                    if (target.startsWith(folder.toRealPath().toString())) {
                        found.add(target);
                    }
                } catch (IOException gone) {
                    // The listing itself was among them.
                }
            }
        }
        return found;
    }
}
