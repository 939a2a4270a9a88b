package dev.korm.wal.backup.format;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the parts of a backup, one after the other, and checks every byte on the way. For one thread. */
public final class PartReader {
    private static final int CHECKED_TOGETHER = 1 << 16;

    private final @Nullable ChunkSeal seal;
    private long number;

    public PartReader(@Nullable ChunkSeal seal) {
        this.seal = seal;
    }

    /**
     * Reads a part to its end.
     *
     * @param lines is given the lines of each chunk, for {@link LineReader}
     * @throws IllegalArgumentException when anything of it is not as it was written; what was given out before may be wrong too
     * @throws IOException when it cannot be read
     */
    public void read(InputStream in, Manifest.Part part, Consumer<byte[]> lines) throws IOException {
        MessageDigest digest = TableHash.sha256();
        long left = part.bytes();
        byte[] header = new byte[Chunk.HEADER];
        while (left > 0) {
            readFully(in, header, 0, Chunk.HEADER);
            int size = Chunk.size(header);
            if (size > left) {
                throw new IllegalArgumentException("A chunk says that it is longer than its part");
            }
            byte[] chunk = Arrays.copyOf(header, size);
            readFully(in, chunk, Chunk.HEADER, size - Chunk.HEADER);
            digest.update(chunk);
            left -= size;
            lines.accept(Chunk.unpack(number++, chunk, seal));
        }
        if (in.read() >= 0) {
            throw new IllegalArgumentException("A part is longer than it was");
        }
        requireHash(digest, part);
    }

    /**
     * Reads a part to its end without looking into it.
     *
     * @throws IllegalArgumentException when it has not the bytes that were written
     * @throws IOException when it cannot be read
     */
    public static void check(InputStream in, Manifest.Part part) throws IOException {
        MessageDigest digest = TableHash.sha256();
        byte[] some = new byte[CHECKED_TOGETHER];
        long size = 0;
        for (int got = in.read(some); got >= 0; got = in.read(some)) {
            digest.update(some, 0, got);
            size += got;
        }
        if (size != part.bytes()) {
            throw new IllegalArgumentException(
                    size < part.bytes() ? "A part is shorter than it was" : "A part is longer than it was");
        }
        requireHash(digest, part);
    }

    private static void requireHash(MessageDigest digest, Manifest.Part part) {
        if (!HexFormat.of().formatHex(digest.digest()).equals(part.sha256())) {
            throw new IllegalArgumentException("The checksum of a part is another");
        }
    }

    private static void readFully(InputStream in, byte[] to, int from, int length) throws IOException {
        if (in.readNBytes(to, from, length) < length) {
            throw new IllegalArgumentException("A part is shorter than it was");
        }
    }
}
