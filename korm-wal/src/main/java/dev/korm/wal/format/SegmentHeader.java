package dev.korm.wal.format;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a segment. The lock file of a run begins with one too, of number 0.
 *
 * @param epoch higher than that of every run whose log this run took
 * @param number 1 for the first segment of a run
 * @param previousEnd where the last frame of the segment before ends; 0 for the first
 * @param size how long the segment is made
 */
public record SegmentHeader(String run, String pool, long epoch, long number, long previousEnd, long size) {
    /** No header is longer. */
    public static final int MOST = 2048;

    static final int VERSION = 1;

    private static final byte[] MAGIC = "korm-wal".getBytes(US_ASCII);
    private static final int RUN_LENGTH = 16;
    private static final int FIXED = MAGIC.length + 2 * Integer.BYTES + 4 * Long.BYTES + RUN_LENGTH + Integer.BYTES;

    /** Returns the header of a segment that is made so long. */
    public SegmentHeader sized(long bytes) {
        return new SegmentHeader(run, pool, epoch, number, previousEnd, bytes);
    }

    public ByteBuffer encoded() {
        byte[] text = pool.getBytes(UTF_8);
        int length = FIXED + text.length + Integer.BYTES;
        if (length > MOST) {
            throw new IllegalArgumentException("A pool's id of " + text.length + " bytes is too long for a journal");
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        bytes.put(MAGIC).putInt(VERSION).putInt(length);
        bytes.putLong(epoch).putLong(number).putLong(previousEnd).putLong(size);
        bytes.put(run.getBytes(US_ASCII)).putInt(text.length).put(text);
        return bytes.putInt(crc(bytes.duplicate().flip())).flip();
    }

    /** Returns where the first frame begins. */
    public long end() {
        return WalFormat.aligned(encoded().limit());
    }

    /** Returns the header that bytes begin with; null when they begin with none, or a torn one. */
    public static @Nullable SegmentHeader decoded(ByteBuffer bytes) {
        if (bytes.limit() < FIXED + Integer.BYTES
                || !bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))
                || bytes.getInt(MAGIC.length) != VERSION) {
            return null;
        }
        int length = bytes.getInt(MAGIC.length + Integer.BYTES);
        if (length < FIXED + Integer.BYTES || length > Math.min(bytes.limit(), MOST)) {
            return null;
        }
        if (bytes.getInt(length - Integer.BYTES) != crc(bytes.slice(0, length - Integer.BYTES))) {
            return null;
        }
        int at = MAGIC.length + 2 * Integer.BYTES;
        return new SegmentHeader(
                text(bytes, at + 4 * Long.BYTES, RUN_LENGTH),
                text(bytes, FIXED, length - FIXED - Integer.BYTES),
                bytes.getLong(at),
                bytes.getLong(at + Long.BYTES),
                bytes.getLong(at + 2 * Long.BYTES),
                bytes.getLong(at + 3 * Long.BYTES));
    }

    private static String text(ByteBuffer bytes, int from, int length) {
        return UTF_8.decode(bytes.slice(from, length)).toString();
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
