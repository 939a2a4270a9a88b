package dev.korm.wal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.Rn;
import dev.korm.recovery.JournalException;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.wal.format.Checksum;
import dev.korm.wal.format.StoredEntry;
import dev.korm.wal.format.WalFormat;
import dev.korm.wal.run.WalFailures;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * An object of a log in a depot, as the description of the package has it: a group of entries, or a claim on the log.
 *
 * @param run whose log it is in
 * @param by the run that wrote it
 * @param sealedAt the number of the first claim in the log; 0 for entries
 * @param over whether the run has ended by itself, so that nothing of it can still be under way
 * @param bytes all of it
 * @param records where its records begin
 */
record LogObject(
        Kind kind,
        String run,
        String by,
        long epoch,
        long number,
        long sealedAt,
        boolean over,
        ByteBuffer bytes,
        int records) {
    private static final byte[] MAGIC = "korm-log".getBytes(US_ASCII);
    private static final int VERSION = 1;
    private static final int RUN_LENGTH = 16;
    private static final int FIXED = MAGIC.length
            + 2 * Integer.BYTES
            + 3 * Long.BYTES
            + Integer.BYTES
            + 2 * RUN_LENGTH
            + Long.BYTES
            + Integer.BYTES;

    enum Kind {
        /** A group of entries. */
        ENTRIES(1),
        /** The run has ended. */
        CLOSED(2),
        /** Another run settles what is in the log. */
        TAKEN(3),
        /** Who had taken it leaves it to the next. */
        RELEASED(4),
        /** Nobody needs it any more. */
        FORGOTTEN(5);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        private static Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new JournalException(
                    "An object of a log is of the kind " + code
                            + ", which this korm does not know. Open the pool with the korm that wrote it, or a later one",
                    null);
        }
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Returns what stands before the first object of a run. */
    static LogObject nothing(String run) {
        return last(run, 0, 0);
    }

    /** Returns the last group of entries of a run, without them. */
    static LogObject last(String run, long epoch, long number) {
        return new LogObject(Kind.ENTRIES, run, run, epoch, number, 0, false, NOTHING, 0);
    }

    /** Returns the claim that comes behind this object, which is the last. */
    LogObject claimed(Kind claim, String claimant) {
        long sealed = kind == Kind.ENTRIES ? number + 1 : sealedAt;
        return new LogObject(claim, run, claimant, epoch, number + 1, sealed, over || claim == Kind.CLOSED, NOTHING, 0);
    }

    /** Returns a group of entries as bytes. */
    static byte[] entries(String run, String pool, long epoch, long number, List<JournalEntry> entries) {
        long length = entries.stream().mapToLong(WalFormat::size).sum();
        LogObject head = last(run, epoch, number);
        byte[] array = head.encoded(pool, length);
        ByteBuffer bytes = ByteBuffer.wrap(array).position(array.length - (int) length);
        Checksum checksum = new Checksum(run, number);
        for (JournalEntry entry : entries) {
            WalFormat.putRecord(bytes, entry, checksum, bytes.position());
            bytes.put(entry.body().duplicate());
        }
        return array;
    }

    /** Returns a claim as bytes. */
    byte[] encoded(String pool) {
        return encoded(pool, 0);
    }

    /** Returns the bytes of the header, and room for those of the records. */
    private byte[] encoded(String pool, long length) {
        byte[] text = pool.getBytes(UTF_8);
        int header = FIXED + text.length + Integer.BYTES;
        byte[] array = new byte[Math.toIntExact(header + length)];
        ByteBuffer into = ByteBuffer.wrap(array);
        into.put(MAGIC).putInt(VERSION).putInt(kind.code);
        into.putLong(epoch).putLong(number).putLong(sealedAt).putInt(over ? 1 : 0);
        into.put(run.getBytes(US_ASCII)).put(by.getBytes(US_ASCII));
        into.putLong(length).putInt(text.length).put(text);
        into.putInt(crc(into.duplicate().flip()));
        return array;
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /**
     * Returns the object that bytes are.
     *
     * @throws dev.korm.recovery.JournalException when they are not exactly what was written there
     */
    static LogObject decoded(Rn<?> name, ByteBuffer bytes, String run, long number, String pool) {
        int end = bytes.limit();
        if (end < FIXED + Integer.BYTES || !bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
            throw WalFailures.damaged(name, 0, "it does not begin as an object of a log does");
        }
        if (bytes.getInt(MAGIC.length) != VERSION) {
            throw WalFailures.damaged(name, MAGIC.length, "it is of a version that this korm does not read");
        }
        int textLength = bytes.getInt(FIXED - Integer.BYTES);
        if (textLength < 0 || textLength > end - FIXED - Integer.BYTES) {
            throw WalFailures.damaged(name, FIXED - Integer.BYTES, "a length is beyond its end");
        }
        int header = FIXED + textLength + Integer.BYTES;
        if (bytes.getInt(header - Integer.BYTES) != crc(bytes.slice(0, header - Integer.BYTES))) {
            throw WalFailures.damaged(name, 0, "its header was changed");
        }
        int at = MAGIC.length + Integer.BYTES;
        int runAt = at + Integer.BYTES + 3 * Long.BYTES + Integer.BYTES;
        LogObject object = new LogObject(
                Kind.of(bytes.getInt(at)),
                text(bytes, runAt, RUN_LENGTH),
                text(bytes, runAt + RUN_LENGTH, RUN_LENGTH),
                bytes.getLong(at + Integer.BYTES),
                bytes.getLong(at + Integer.BYTES + Long.BYTES),
                bytes.getLong(at + Integer.BYTES + 2 * Long.BYTES),
                bytes.getInt(runAt - Integer.BYTES) != 0,
                bytes,
                header);
        if (!object.run.equals(run)
                || object.number != number
                || !text(bytes, FIXED, textLength).equals(pool)) {
            throw WalFailures.damaged(name, 0, "it is an object of another place");
        }
        if (bytes.getLong(runAt + 2 * RUN_LENGTH) != end - header) {
            throw WalFailures.damaged(name, end, "it has another length than was written");
        }
        object.requireRecords(name);
        return object;
    }

    private static String text(ByteBuffer bytes, int from, int length) {
        return UTF_8.decode(bytes.slice(from, length)).toString();
    }

    private void requireRecords(Rn<?> name) {
        Checksum checksum = new Checksum(run, number);
        for (int at = records; at < bytes.limit(); at = next(at)) {
            if (next(at) <= at || next(at) > bytes.limit() || !isWhole(at, checksum)) {
                throw WalFailures.damaged(name, at, "the entry there was changed");
            }
        }
    }

    /** Returns where the record ends that begins here; this place when that is behind the object's end. */
    private int next(int at) {
        if (bytes.limit() - at < WalFormat.RECORD_HEADER) {
            return at;
        }
        long next = (long) at
                + WalFormat.RECORD_HEADER
                + bytes.get(at + Integer.BYTES + 1)
                + bytes.getInt(at + 2 * Integer.BYTES);
        return next < at || next > bytes.limit() ? at : (int) next;
    }

    private boolean isWhole(int at, Checksum checksum) {
        int summed = at + Integer.BYTES;
        return WalFormat.kind(bytes.get(summed)) != null
                && bytes.get(summed + 1) > 0
                && checksum.at(at).add(bytes.slice(summed, next(at) - summed)).value() == bytes.getInt(at);
    }

    /** Returns its entries without their bodies. */
    List<StoredEntry> stored() {
        List<StoredEntry> stored = new ArrayList<>();
        for (int at = records; at < bytes.limit(); at = next(at)) {
            JournalEntry entry = entry(at);
            stored.add(new StoredEntry(entry.kind(), entry.change(), number, at, next(at) - at));
        }
        return stored;
    }

    /** Returns the entry whose record begins at an offset that {@link #stored} has named. */
    JournalEntry entry(long offset) {
        int at = (int) offset;
        int idLength = bytes.get(at + Integer.BYTES + 1);
        int idAt = at + WalFormat.RECORD_HEADER;
        JournalEntry.Kind entryKind = WalFormat.kind(bytes.get(at + Integer.BYTES));
        if (entryKind == null) {
            throw new IllegalStateException("There is no entry at " + offset);
        }
        return new JournalEntry(
                entryKind,
                US_ASCII.decode(bytes.slice(idAt, idLength)).toString(),
                bytes.slice(idAt + idLength, bytes.getInt(at + 2 * Integer.BYTES)));
    }
}
