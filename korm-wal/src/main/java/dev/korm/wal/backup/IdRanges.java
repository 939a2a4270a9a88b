package dev.korm.wal.backup;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The ids of a table, by a hash of 64 bits each, in a temporary file: of any number, a part of them in memory at a time. For one thread.
 */
final class IdRanges implements AutoCloseable {
    /** Hashes in memory at a time. */
    private static final int TOGETHER = 1 << 20;

    private final Path file;
    private final DataOutputStream out;
    private long count;
    private boolean open = true;

    IdRanges() {
        try {
            this.file = Files.createTempFile("korm-ids-", ".tmp");
            this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
        } catch (IOException failed) {
            throw failed(failed);
        }
    }

    private static UncheckedIOException failed(IOException cause) {
        return new UncheckedIOException("A temporary file for the ids of a backup failed", cause);
    }

    void add(String id) {
        try {
            out.writeLong(hash(id));
            count++;
        } catch (IOException failed) {
            throw failed(failed);
        }
    }

    private static long hash(String id) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
            hash ^= hash >>> 29;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return hash ^ (hash >>> 31);
    }

    /** Returns in how many ranges the hashes are looked at. */
    int ranges() {
        return (int) (count / TOGETHER + 1);
    }

    /** Returns the hashes of one range. */
    Range range(int number) {
        try {
            if (open) {
                out.close();
                open = false;
            }
            long[] found = new long[1024];
            int size = 0;
            try (DataInputStream in =
                    new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
                for (long i = 0; i < count; i++) {
                    long hash = in.readLong();
                    if (of(hash) == number) {
                        if (size == found.length) {
                            found = Arrays.copyOf(found, size * 2);
                        }
                        found[size++] = hash;
                    }
                }
            }
            long[] sorted = Arrays.copyOf(found, size);
            Arrays.sort(sorted);
            return new Range(number, sorted);
        } catch (IOException failed) {
            throw failed(failed);
        }
    }

    private int of(long hash) {
        return (int) Long.remainderUnsigned(hash, ranges());
    }

    /** Some of the ids. */
    final class Range {
        private final int number;
        private final long[] sorted;

        private Range(int number, long[] sorted) {
            this.number = number;
            this.sorted = sorted;
        }

        /** Returns whether an id would be in this range, and is not. */
        boolean lacks(String id) {
            long hash = hash(id);
            return of(hash) == number && Arrays.binarySearch(sorted, hash) < 0;
        }
    }

    @Override
    public void close() {
        try {
            out.close();
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw failed(failed);
        }
    }
}
