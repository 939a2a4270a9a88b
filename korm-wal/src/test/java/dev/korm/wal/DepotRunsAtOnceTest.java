package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.Seed;
import dev.korm.testkit.memory.MemoryDepot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Runs that begin, take the logs of others, and end, all at the same time and in one depot. */
class DepotRunsAtOnceTest {
    private static final int THREADS = 6;
    private static final int ROUNDS = 40;

    private final Depot depot = MemoryDepot.create().open("files", Environment.system());
    private final DepotWal wal = Wal.in("files")
            .with(new DepotWal.Settings(
                    Duration.ofMinutes(10), Duration.ofMillis(20), 3, 1000, JournalRetention.DELETE));
    private final Set<String> expected = Collections.synchronizedSet(new HashSet<>());

    private Journal open() {
        return wal.open(new JournalContext("a-pool", Environment.system(), name -> depot));
    }

    private static JournalEntry entry(String change) {
        return new JournalEntry(Kind.PREPARED, change, ByteBuffer.wrap(new byte[50]));
    }

    private static List<String> changes(UnfinishedEntries entries) {
        List<String> changes = new ArrayList<>();
        for (Optional<JournalEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
            changes.add(next.get().change());
        }
        return changes;
    }

    private void run(String name, Random random) {
        for (int round = 0; round < ROUNDS; round++) {
            Journal journal = open();
            try (UnfinishedEntries entries = journal.unfinished()) {
                List<JournalEntry> kept = new ArrayList<>();
                for (String change : changes(entries)) {
                    if (random.nextBoolean()) {
                        kept.add(entry(change));
                    } else {
                        kept.add(JournalEntry.done(change));
                        expected.remove(change);
                    }
                }
                journal.append(kept);
                if (random.nextInt(4) > 0) {
                    entries.forget();
                }
            }
            for (int i = 0; i < 3; i++) {
                String change = name + "-" + round + "-" + i;
                journal.append(List.of(entry(change)));
                expected.add(change);
            }
            journal.close();
        }
    }

    @ConcurrentTest
    void nothing_is_lost_and_nothing_is_taken_for_damage() throws InterruptedException {
        Random random = Seed.random(getClass());
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            String name = "t" + i;
            long seed = random.nextLong();
            threads.add(new Thread(() -> {
                try {
                    run(name, new Random(seed));
                } catch (RuntimeException | AssertionError failed) {
                    failures.add(failed);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        Journal last = open();
        try (UnfinishedEntries entries = last.unfinished()) {
            assertThat(new HashSet<>(changes(entries))).isEqualTo(expected);
        }
        last.close();
    }
}
