package dev.korm.wal.backup.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A chunk of lines as it is stored: a member of a gzip file, so that any gzip program reads a part, with a field of our own in its header:
 * the chunk's number, the sizes of the member and of the lines, and the CRC-32C of all other bytes of the member. A sealed chunk has
 * other first bytes, and the sealed member as its content.
 */
final class Chunk {
    /** The bytes before the content. */
    static final int HEADER = 32;

    private static final int MAGIC = 16;
    private static final int TRAILER = 8;
    private static final byte[] PLAIN = {0x1f, (byte) 0x8b, 8, 4, 0, 0, 0, 0, 4, (byte) 0xff, 20, 0, 'K', 'B', 16, 0};
    private static final byte[] SEALED = "KORM-SEALED-0001".getBytes(StandardCharsets.US_ASCII);

    private Chunk() {}

    /** Returns the stored form of some lines. */
    static byte[] pack(long number, byte[] lines, int length, @Nullable ChunkSeal seal) {
        byte[] member = member(number, lines, length);
        if (seal == null) {
            return member;
        }
        byte[] content = seal.seal(number, member, member.length);
        byte[] sealed = new byte[HEADER + content.length];
        System.arraycopy(content, 0, sealed, HEADER, content.length);
        return finished(sealed, SEALED, number, length);
    }

    private static byte[] member(long number, byte[] lines, int length) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(lines, 0, length);
            deflater.finish();
            byte[] out = new byte[HEADER + length / 3 + 1024];
            int size = HEADER;
            while (!deflater.finished()) {
                if (size == out.length) {
                    out = Arrays.copyOf(out, out.length * 2);
                }
                size += deflater.deflate(out, size, out.length - size);
            }
            out = Arrays.copyOf(out, size + TRAILER);
            CRC32 crc = new CRC32();
            crc.update(lines, 0, length);
            little(out).putInt(size, (int) crc.getValue()).putInt(size + 4, length);
            return finished(out, PLAIN, number, length);
        } finally {
            deflater.end();
        }
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] finished(byte[] chunk, byte[] magic, long number, int length) {
        System.arraycopy(magic, 0, chunk, 0, MAGIC);
        little(chunk)
                .putInt(MAGIC, (int) number)
                .putInt(MAGIC + 4, chunk.length)
                .putInt(MAGIC + 8, length)
                .putInt(MAGIC + 12, crc(chunk));
        return chunk;
    }

    private static int crc(byte[] chunk) {
        CRC32C crc = new CRC32C();
        crc.update(chunk, 0, MAGIC + 12);
        crc.update(chunk, HEADER, chunk.length - HEADER);
        return (int) crc.getValue();
    }

    /**
     * Returns the size of the chunk that a header begins.
     *
     * @throws IllegalArgumentException when it begins none
     */
    static int size(byte[] header) {
        if (!isAt(header, PLAIN) && !isAt(header, SEALED)) {
            throw new IllegalArgumentException("There is no chunk where one should begin");
        }
        int size = little(header).getInt(MAGIC + 4);
        if (size < HEADER) {
            throw new IllegalArgumentException("A chunk says that it is shorter than its header");
        }
        return size;
    }

    private static boolean isAt(byte[] bytes, byte[] magic) {
        return Arrays.equals(bytes, 0, MAGIC, magic, 0, MAGIC);
    }

    /**
     * Returns the lines of a stored chunk.
     *
     * @throws IllegalArgumentException when anything of it is not as it was written
     */
    static byte[] unpack(long number, byte[] chunk, @Nullable ChunkSeal seal) {
        ByteBuffer numbers = little(chunk);
        if (numbers.getInt(MAGIC + 12) != crc(chunk)) {
            throw new IllegalArgumentException("The checksum of a chunk is another");
        }
        if (numbers.getInt(MAGIC) != (int) number) {
            throw new IllegalArgumentException("A chunk is not where it was written");
        }
        if (isAt(chunk, SEALED)) {
            if (seal == null) {
                throw new IllegalArgumentException("A chunk is sealed, and the manifest says it is not");
            }
            return inflated(seal.open(number, Arrays.copyOfRange(chunk, HEADER, chunk.length)));
        }
        if (seal != null) {
            throw new IllegalArgumentException("A chunk is not sealed, and the manifest says it is");
        }
        return inflated(chunk);
    }

    private static byte[] inflated(byte[] member) {
        int length = little(member).getInt(MAGIC + 8);
        if (length < 0) {
            throw new IllegalArgumentException("A chunk says that it has less than nothing");
        }
        Inflater inflater = new Inflater(true);
        try {
            byte[] lines = new byte[length];
            inflater.setInput(member, HEADER, member.length - HEADER - TRAILER);
            int got = 0;
            while (got < length) {
                int more = inflater.inflate(lines, got, length - got);
                if (more == 0) {
                    break;
                }
                got += more;
            }
            if (got != length || (length > 0 && inflater.inflate(new byte[1]) != 0)) {
                throw new IllegalArgumentException("A chunk has not as many bytes as it says");
            }
            return lines;
        } catch (DataFormatException damaged) {
            throw new IllegalArgumentException("A chunk cannot be decompressed", damaged);
        } finally {
            inflater.end();
        }
    }
}
