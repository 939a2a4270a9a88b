package dev.korm.wal.backup.chain;

import dev.korm.wal.backup.format.ContentKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A hash table of keys, each with a number and a mark; with open addressing. Up to {@link #IN_MEMORY} places are in memory; more are in a temporary file that is mapped, so that any number takes little of the heap.
 * For one thread.
 */
final class KeyTable implements AutoCloseable {
    /** Places in memory at the most: 6 MB of them. */
    private static final long IN_MEMORY = 1L << 18;

    private static final int PLACE = 24;

    /** Places in one mapping: 768 MB of them. */
    private static final long TOGETHER = 1L << 25;

    private static final long FIRST = 1L << 10;

    /** Set in the number of a place that is taken. */
    private static final long TAKEN = 1;

    private static final long MARKED = 2;
    private static final long NUMBER = ~(TAKEN | MARKED);

    private Places places = new Places(FIRST);
    private long size;
    private long looked;

    /** The places, of which there are a power of two. */
    private static final class Places {
        private final long count;
        private final List<ByteBuffer> buffers = new ArrayList<>();

        Places(long count) {
            this.count = count;
            if (count <= IN_MEMORY) {
                buffers.add(ByteBuffer.allocate(Math.toIntExact(count * PLACE)));
                return;
            }
            try {
                Path file = Files.createTempFile("korm-keys-", ".tmp");
                try (FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
                    // A disk that is full is noticed here, and not in a mapping.
                    ByteBuffer zeros = ByteBuffer.allocate(1 << 18);
                    for (long left = count * PLACE; left > 0; ) {
                        left -= channel.write(zeros.clear().limit((int) Math.min(left, zeros.capacity())));
                    }
                    for (long from = 0; from < count; from += TOGETHER) {
                        long bytes = Math.min(TOGETHER, count - from) * PLACE;
                        buffers.add(channel.map(FileChannel.MapMode.READ_WRITE, from * PLACE, bytes));
                    }
                }
            } catch (IOException failed) {
                throw new UncheckedIOException("A temporary file for the keys of a backup failed", failed);
            }
        }

        private ByteBuffer buffer(long place) {
            return buffers.get((int) (place / TOGETHER));
        }

        private static int offset(long place) {
            return (int) (place % TOGETHER) * PLACE;
        }

        /** Returns the place of a key, or the one that it would have. */
        long find(long high, long low) {
            long place = high & (count - 1);
            while (true) {
                ByteBuffer buffer = buffer(place);
                int offset = offset(place);
                if (buffer.getLong(offset + 16) == 0
                        || (buffer.getLong(offset) == high && buffer.getLong(offset + 8) == low)) {
                    return place;
                }
                place = (place + 1) & (count - 1);
            }
        }

        long value(long place) {
            return buffer(place).getLong(offset(place) + 16);
        }

        void put(long place, long high, long low, long value) {
            buffer(place)
                    .putLong(offset(place), high)
                    .putLong(offset(place) + 8, low)
                    .putLong(offset(place) + 16, value);
        }
    }

    /** Adds a key, not marked; false when it is there already, and stays as it is. */
    boolean add(ContentKey key, long number) {
        if (size * 4 >= places.count * 3) {
            grow();
        }
        long place = places.find(key.high(), key.low());
        if (places.value(place) != 0) {
            return false;
        }
        places.put(place, key.high(), key.low(), (number & NUMBER) | TAKEN);
        size++;
        return true;
    }

    private void grow() {
        Places larger = new Places(places.count * 2);
        for (long place = 0; place < places.count; place++) {
            long value = places.value(place);
            if (value != 0) {
                ByteBuffer buffer = places.buffer(place);
                long high = buffer.getLong(Places.offset(place));
                long low = buffer.getLong(Places.offset(place) + 8);
                larger.put(larger.find(high, low), high, low, value);
            }
        }
        places = larger;
    }

    boolean has(ContentKey key) {
        return places.value(places.find(key.high(), key.low())) != 0;
    }

    /** Marks a key; returns whether it is there with a number. */
    boolean mark(ContentKey key, long number) {
        long place = places.find(key.high(), key.low());
        long value = places.value(place);
        if (value == 0) {
            return false;
        }
        places.put(place, key.high(), key.low(), value | MARKED);
        return (value & NUMBER) == (number & NUMBER);
    }

    /** Returns the next keys that were not marked, and were not returned before; none at the end. */
    List<ContentKey> unmarked(int limit) {
        List<ContentKey> some = new ArrayList<>();
        while (some.size() < limit && looked < places.count) {
            long value = places.value(looked);
            if (value != 0 && (value & MARKED) == 0) {
                ByteBuffer buffer = places.buffer(looked);
                int offset = Places.offset(looked);
                some.add(new ContentKey(buffer.getLong(offset), buffer.getLong(offset + 8)));
            }
            looked++;
        }
        return some;
    }

    /** Lets the memory go; the mapped file is gone by name already. */
    @Override
    public void close() {
        places = new Places(1);
        size = 0;
    }
}
