package dev.korm.wal.backup.format;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A reading of a backup in another thread than that of its visitor, so that one reads and parses while the other takes what there is. What was read and not taken yet is bounded. The visitor is told everything in the
 * order of the reading, and the reading has ended when it was told the last, or when something was thrown.
 */
public final class ReadAhead {
    /** The size of what is handed over at a time, in bytes, about. */
    private static final int TOGETHER = 128 * 1024;

    /** What is handed over at a time may wait so often. */
    private static final int WAITING = 4;

    /** The size of a row without its values, and of a value that is no text. */
    private static final int SMALL = 16;

    private static final long LOOK_MILLIS = 500;
    private static final long LONGEST_END_SECONDS = 10;

    private ReadAhead() {}

    /** The events of a visitor, apart from rows, which are arrays. */
    private interface Told {
        void tell(BackupVisitor visitor);
    }

    /**
     * Reads in a thread of the executor and tells the visitor in this one.
     *
     * @param reading tells all that there is to a visitor
     */
    public static void read(ExecutorService threads, Consumer<BackupVisitor> reading, BackupVisitor visitor) {
        Consumer<Consumer<List<Object>>> some = to -> {
            Sender sender = new Sender(to);
            reading.accept(sender);
            sender.send();
        };
        pass(threads, some, each -> tell(each, visitor));
    }

    private static void tell(List<Object> some, BackupVisitor visitor) {
        for (Object each : some) {
            if (each instanceof Object[] row) {
                visitor.row(row);
            } else {
                ((Told) each).tell(visitor);
            }
        }
    }

    /**
     * Makes things in a thread of the executor and takes them in this one.
     *
     * @param making gives out all that there is
     */
    public static <T> void pass(ExecutorService threads, Consumer<Consumer<T>> making, Consumer<T> taking) {
        BlockingQueue<Optional<T>> queue = new ArrayBlockingQueue<>(WAITING);
        CountDownLatch over = new CountDownLatch(1);
        Future<?> running = threads.submit(() -> run(making, queue, over));
        boolean all = false;
        try {
            for (Optional<T> one = next(queue, running); one.isPresent(); one = next(queue, running)) {
                taking.accept(one.get());
            }
            all = true;
        } finally {
            if (!all) {
                running.cancel(true);
                await(over);
            }
        }
    }

    private static <T> void run(Consumer<Consumer<T>> making, BlockingQueue<Optional<T>> queue, CountDownLatch over) {
        try {
            making.accept(one -> put(queue, Optional.of(one)));
        } finally {
            over.countDown();
            // Unless nobody waits for it any more.
            if (!Thread.currentThread().isInterrupted()) {
                put(queue, Optional.empty());
            }
        }
    }

    private static <T> void put(BlockingQueue<Optional<T>> queue, Optional<T> what) {
        try {
            queue.put(what);
        } catch (InterruptedException abandoned) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("Reading a backup", Outcome.NOT_APPLIED, abandoned);
        }
    }

    /** Waits until what was abandoned has closed what it had open. */
    private static void await(CountDownLatch over) {
        boolean interrupted = Thread.interrupted();
        try {
            over.await(LONGEST_END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException again) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns what was made next; nothing at the end. */
    private static <T> Optional<T> next(BlockingQueue<Optional<T>> queue, Future<?> running) {
        try {
            while (true) {
                // Where its thread could not even say that it has ended.
                boolean ended = running.isDone();
                Optional<T> one = queue.poll(ended ? 0 : LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (one == null ? ended : one.isEmpty()) {
                    running.get();
                    return Optional.empty();
                }
                if (one != null) {
                    return one;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("Reading a backup", Outcome.NOT_APPLIED, interrupted);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException known) {
                throw known;
            }
            if (failed.getCause() instanceof Error known) {
                throw known;
            }
            throw new IllegalStateException("A backup could not be read", failed.getCause());
        }
    }

    /** Hands over what it is told, some at a time. For the thread that reads. */
    private static final class Sender implements BackupVisitor {
        private final Consumer<List<Object>> to;
        private List<Object> some = new ArrayList<>();
        private long size;

        Sender(Consumer<List<Object>> to) {
            this.to = to;
        }

        void send() {
            if (!some.isEmpty()) {
                to.accept(some);
                some = new ArrayList<>();
                size = 0;
            }
        }

        private void add(Object told, long weight) {
            some.add(told);
            size += weight;
            if (size >= TOGETHER) {
                send();
            }
        }

        @Override
        public void table(StoredTable table) {
            add((Told) visitor -> visitor.table(table), SMALL);
        }

        @Override
        public void row(@Nullable Object[] values) {
            long weight = SMALL;
            for (Object value : values) {
                weight += value instanceof String text
                        ? text.length()
                        : value instanceof byte[] bytes ? bytes.length : SMALL;
            }
            add(values, weight);
        }

        @Override
        public void file(StoredFile file) {
            add((Told) visitor -> visitor.file(file), SMALL);
        }

        @Override
        public void bytes(byte[] bytes) {
            add((Told) visitor -> visitor.bytes(bytes), bytes.length);
        }

        @Override
        public void gone(ContentKey key) {
            add((Told) visitor -> visitor.gone(key), SMALL);
        }

        @Override
        public void end() {
            add((Told) BackupVisitor::end, SMALL);
        }
    }
}
