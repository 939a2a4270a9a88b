package dev.korm.benchmarks;

import dev.korm.benchmarks.rival.World;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.wal.Wal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Appends entries of 200 bytes to a journal in a folder, every second one the end of a change, beside a loop that writes as many bytes into a file which is
 * there already, and syncs them. And reads the log of a run that left changes unfinished.
 */
final class JournalSpeed implements AutoCloseable {
    private static final int RECORD = 232;
    private static final int BARE = 64 << 20;
    private static final int TOGETHER = 500;

    private final Path folder = Files.createTempDirectory("korm-benchmark");
    private final Journal journal = open(folder.resolve("journal"));
    private final FileChannel bare =
            FileChannel.open(folder.resolve("bare"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private final byte[] body = new byte[200];
    private final ByteBuffer record = ByteBuffer.allocateDirect(RECORD);
    private long position;
    private int changes;

    JournalSpeed() throws IOException {
        journal.unfinished().close();
        ByteBuffer zeros = ByteBuffer.allocate(1 << 20);
        for (long at = 0; at < BARE; at += zeros.capacity()) {
            bare.write(zeros.clear(), at);
        }
        bare.force(true);
    }

    private static Journal open(Path folder) {
        return Wal.at(folder).open(new JournalContext("a-pool", Environment.system(), name -> {
            throw new IllegalStateException(name);
        }));
    }

    /** Measures how many times a second a record is written and synced by hand. */
    double byHand(Duration time) throws IOException {
        long begin = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - begin < time.toNanos()) {
            bare.write(record.clear(), position);
            bare.force(false);
            position = (position + RECORD) % (BARE - RECORD);
            count++;
        }
        return count * 1e9 / (System.nanoTime() - begin);
    }

    /** Measures how many appends a second return to some threads. */
    double append(int threads, Duration time) throws InterruptedException, ExecutionException {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Long>> done = new ArrayList<>();
            long begin = System.nanoTime();
            for (int i = 0; i < threads; i++) {
                String name = "c-" + changes++ + "-";
                done.add(executor.submit(() -> {
                    long count = 0;
                    while (System.nanoTime() - begin < time.toNanos()) {
                        String change = name + count / 2;
                        journal.append(List.of(count % 2 == 0 ? prepared(change) : JournalEntry.done(change)));
                        count++;
                    }
                    return count;
                }));
            }
            long all = 0;
            for (Future<Long> each : done) {
                all += each.get();
            }
            return all * 1e9 / (System.nanoTime() - begin);
        } finally {
            executor.shutdownNow();
        }
    }

    private JournalEntry prepared(String change) {
        return new JournalEntry(Kind.PREPARED, change, ByteBuffer.wrap(body));
    }

    /** Leaves the log of a run with that many entries, of which some are unfinished, and measures milliseconds to read those. */
    double recover(int entries, int unfinished) {
        Path place = folder.resolve("left-" + changes++);
        Journal left = open(place);
        int changesLeft = (entries + unfinished) / 2;
        int every = changesLeft / unfinished;
        List<JournalEntry> together = new ArrayList<>();
        int stay = 0;
        for (int i = 0; i < changesLeft; i++) {
            together.add(prepared("c-" + i));
            if (i % every == 0 && stay < unfinished) {
                stay++;
            } else {
                together.add(JournalEntry.done("c-" + i));
            }
            if (together.size() >= TOGETHER) {
                left.append(together);
                together = new ArrayList<>();
            }
        }
        left.append(together);
        left.close();
        long begin = System.nanoTime();
        int found = 0;
        Journal next = open(place);
        try (UnfinishedEntries read = next.unfinished()) {
            while (read.next().isPresent()) {
                found++;
            }
        }
        double millis = (System.nanoTime() - begin) / 1e6;
        next.close();
        if (found != unfinished) {
            throw new IllegalStateException("It found " + found);
        }
        return millis;
    }

    @Override
    public void close() throws IOException {
        journal.close();
        bare.close();
        World.delete(folder);
    }
}
