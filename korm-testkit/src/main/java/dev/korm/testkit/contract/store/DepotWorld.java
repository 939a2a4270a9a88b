package dev.korm.testkit.contract.store;

import dev.korm.Rn;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
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

/** The world of one contract test: a depot that is opened before it and closed at its end, and short words. */
@NullUnmarked // Tests dereference what they expect to be there.
abstract class DepotWorld {
    static final String NAME = "files";
    static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    @Nullable Depot opened;

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

    byte[] bytes(Rn<?> file, long from, long length) {
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

    List<String> listed(Rn<?> prefix) {
        try (Stream<FileEntry> files = depot().list(prefix)) {
            return files.map(entry -> entry.rn().toString()).sorted().toList();
        }
    }

    Set<String> folders(Rn<?> prefix) {
        try (Stream<String> folders = depot().folders(prefix)) {
            return new TreeSet<>(folders.toList());
        }
    }

    static final PutCondition.Newer NEWER = PutCondition.Newer.of("item", "revision");

    /** Stores a file of a series, whose bytes say which it is. */
    void put(Rn<?> file, String item, long revision) {
        depot().put(file, numbered(item, revision), of(item, revision));
    }

    static ByteArrayInputStream numbered(String item, long revision) {
        return new ByteArrayInputStream((item + " " + revision).getBytes(StandardCharsets.UTF_8));
    }

    static PutOptions of(String item, long revision) {
        return PutOptions.NONE
                .contentType("text/plain")
                .attribute("item", item)
                .attribute("revision", Long.toString(revision));
    }

    String text(Rn<?> file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    static <R> List<R> together(List<Callable<R>> tasks) throws InterruptedException, ExecutionException {
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
    static final class Trickle extends ByteArrayInputStream {
        boolean closed;
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
    static final class Throwing extends InputStream {
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
    static final class Failing extends InputStream {
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
