package dev.korm.wal.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The bytes of frames and records, as the description of the package has them. */
public final class WalFormat {
    public static final int FRAME_MAGIC = 0x6b6f726d;
    public static final int FRAME_HEADER = 2 * Integer.BYTES + Long.BYTES;
    public static final int RECORD_HEADER = 3 * Integer.BYTES;
    public static final int ALIGNMENT = 8;
    public static final int LONGEST_CHANGE = 100;

    private static final Pattern CHANGE = Pattern.compile("[0-9A-Za-z-]{1," + LONGEST_CHANGE + "}");

    private WalFormat() {}

    /** Returns the first offset from this one on where a frame may begin. */
    public static long aligned(long offset) {
        return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    public static long size(JournalEntry entry) {
        return (long) RECORD_HEADER + entry.change().length() + entry.body().remaining();
    }

    public static void requireValid(JournalEntry entry) {
        if (!CHANGE.matcher(entry.change()).matches()) {
            throw new IllegalArgumentException(
                    "A change's id has 1 to " + LONGEST_CHANGE + " letters, digits and hyphens");
        }
    }

    /** Puts the header of a frame whose records have that many bytes together. */
    public static void putFrame(ByteBuffer into, long length, Checksum checksum, long offset) {
        ByteBuffer lengthBytes = ByteBuffer.allocate(Long.BYTES).putLong(0, length);
        into.putInt(FRAME_MAGIC)
                .putInt(checksum.at(offset).add(lengthBytes).value())
                .putLong(length);
    }

    /** Puts the header and the id of a record; its body comes behind. */
    public static void putRecord(ByteBuffer into, JournalEntry entry, Checksum checksum, long offset) {
        int start = into.position();
        into.putInt(0).put(code(entry.kind())).put((byte) entry.change().length());
        into.putShort((short) 0).putInt(entry.body().remaining());
        into.put(entry.change().getBytes(US_ASCII));
        ByteBuffer summed = into.duplicate().flip().position(start + Integer.BYTES);
        into.putInt(start, checksum.at(offset).add(summed).add(entry.body()).value());
    }

    /** Puts a whole frame, filled up to the next that may follow. */
    public static void putFrame(
            ByteBuffer into, List<JournalEntry> entries, long length, Checksum checksum, long offset) {
        int start = into.position();
        putFrame(into, length, checksum, offset);
        for (JournalEntry entry : entries) {
            putRecord(into, entry, checksum, offset + into.position() - start);
            into.put(entry.body().duplicate());
        }
        pad(into, offset + into.position() - start);
    }

    /** Puts zeros from this offset up to where a frame may begin. */
    static void pad(ByteBuffer into, long offset) {
        for (long at = offset; at < aligned(offset); at++) {
            into.put((byte) 0);
        }
    }

    private static byte code(Kind kind) {
        return switch (kind) {
            case PREPARED -> 1;
            case DONE -> 2;
            case QUARANTINED -> 3;
            case OVER -> 4;
        };
    }

    /** Returns the kind of a code; null when there is none. */
    public static @Nullable Kind kind(byte code) {
        return switch (code) {
            case 1 -> Kind.PREPARED;
            case 2 -> Kind.DONE;
            case 3 -> Kind.QUARANTINED;
            case 4 -> Kind.OVER;
            default -> null;
        };
    }
}
