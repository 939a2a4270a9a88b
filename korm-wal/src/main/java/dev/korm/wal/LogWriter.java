package dev.korm.wal;

import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.wal.format.Checksum;
import dev.korm.wal.format.LiveEntries;
import dev.korm.wal.format.SegmentHeader;
import dev.korm.wal.format.StoredEntry;
import dev.korm.wal.format.WalFormat;
import dev.korm.wal.run.Steps;
import dev.korm.wal.run.Steps.Shortcut;
import dev.korm.wal.run.Uninterrupted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log of this run. Used by one thread at a time, the one that has the turn; after an exception by none.
 *
 * <p>What holds at each step: all frames before {@code position} are durable, and so are all segments before the present one, in full. A
 * segment comes into being whole, its bytes synced first and its name then, before a frame is written to it. Segments go from the
 * first on, one by one, each when the one before it is gone for good.
 */
final class LogWriter {
    /** Entries that are written together make frames of this size at the most; a longer entry is a frame of its own. */
    private static final int LONGEST_FRAME = 1 << 20;

    /** From how many segments entries are carried forward at once: carrying fills segments, too, and must come to an end. */
    private static final int MOST_CARRIED = 2;

    private static final int SMALLEST_BUFFER = 16 * 1024;

    private static final int PIECE = 256 * 1024;

    private final RunFolder folder;
    private final String pool;
    private final Wal.Settings settings;
    private final Steps steps;
    private final Uninterrupted uninterrupted;
    private final LiveEntries live = new LiveEntries();
    private ByteBuffer buffer = ByteBuffer.allocateDirect(SMALLEST_BUFFER);

    private long epoch = 1;
    private long oldest = 1;
    private volatile long number;
    private long position;
    private long size;
    private long totalSize;
    private Checksum checksum;
    private @Nullable FileChannel channel;
    private boolean rotated;

    LogWriter(RunFolder folder, String pool, Wal.Settings settings, Environment environment) {
        this.folder = folder;
        this.pool = pool;
        this.settings = settings;
        this.steps = folder.steps();
        this.uninterrupted = new Uninterrupted(environment);
        this.checksum = new Checksum(folder.run(), 0);
    }

    /** Says the epoch of the run, before anything is appended. */
    void begin(long epoch) {
        this.epoch = epoch;
    }

    boolean isEmpty() {
        return number == 0;
    }

    /** Appends entries, and returns when they are durable. */
    void append(List<JournalEntry> entries) throws IOException {
        int from = 0;
        while (from < entries.size()) {
            int to = from + 1;
            long length = WalFormat.size(entries.get(from));
            while (to < entries.size() && length + WalFormat.size(entries.get(to)) <= LONGEST_FRAME) {
                length += WalFormat.size(entries.get(to));
                to++;
            }
            appendFrame(entries.subList(from, to), length);
            from = to;
        }
    }

    private void appendFrame(List<JournalEntry> entries, long length) throws IOException {
        long whole = WalFormat.aligned(WalFormat.FRAME_HEADER + length);
        if (number == 0 || position + whole > size) {
            rotate(whole);
        }
        if (length <= LONGEST_FRAME && whole > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect((int) Math.max(whole, Math.min(2L * buffer.capacity(), LONGEST_FRAME)));
        }
        buffer.clear();
        if (whole <= buffer.capacity()) {
            WalFormat.putFrame(buffer, entries, length, checksum, position);
            buffer.flip();
            uninterrupted.run(() -> durably(() -> write(buffer.duplicate(), position)));
        } else {
            JournalEntry large = entries.get(0);
            WalFormat.putFrame(buffer, length, checksum, position);
            WalFormat.putRecord(buffer, large, checksum, position + WalFormat.FRAME_HEADER);
            buffer.flip();
            uninterrupted.run(() -> durably(() -> {
                write(buffer.duplicate(), position);
                write(large.body().duplicate(), position + buffer.limit());
            }));
        }
        long at = position + WalFormat.FRAME_HEADER;
        for (JournalEntry entry : entries) {
            live.note(new StoredEntry(entry.kind(), entry.change(), number, at, WalFormat.size(entry)));
            at += WalFormat.size(entry);
        }
        position += whole;
    }

    private void durably(Uninterrupted.Step writing) throws IOException {
        if (steps.skip(Shortcut.SYNCED_BEFORE_WRITTEN)) {
            steps.force(channel(), Shortcut.APPENDS_UNSYNCED);
            writing.run();
        } else {
            writing.run();
            steps.force(channel(), Shortcut.APPENDS_UNSYNCED);
        }
    }

    /** Writes bytes in pieces, since the JDK copies the bytes of a call to memory that it keeps. */
    private void write(ByteBuffer bytes, long offset) throws IOException {
        FileChannel to = channel();
        int end = bytes.limit();
        long at = offset;
        while (bytes.position() < end) {
            bytes.limit(Math.min(end, bytes.position() + PIECE));
            at += to.write(bytes, at);
        }
    }

    /** Returns the channel of the present segment, opened again where an interrupt has closed it. */
    private FileChannel channel() throws IOException {
        FileChannel present = channel;
        if (present == null || !present.isOpen()) {
            present = FileChannel.open(folder.segment(number), StandardOpenOption.WRITE);
            channel = present;
        }
        return present;
    }

    /** Goes on in a new segment, with room for a frame. */
    private void rotate(long frame) throws IOException {
        SegmentHeader without = new SegmentHeader(folder.run(), pool, epoch, number + 1, position, 0);
        long newSize = Math.max(settings.segmentSize(), without.end() + frame);
        SegmentHeader header = without.sized(newSize);
        uninterrupted.run(() -> make(header, newSize));
        if (channel != null) {
            channel.close();
            channel = null;
        }
        number = header.number();
        checksum = new Checksum(folder.run(), number);
        position = header.end();
        size = newSize;
        totalSize += newSize;
        rotated = true;
    }

    private void make(SegmentHeader header, long newSize) throws IOException {
        try (FileChannel made = FileChannel.open(
                folder.segment(header.number()),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(newSize, PIECE));
            bytes.put(header.encoded()).clear();
            for (long at = 0; at < newSize; ) {
                bytes.limit((int) Math.min(bytes.capacity(), newSize - at));
                at += made.write(bytes, at);
                if (!bytes.hasRemaining()) {
                    bytes = at == bytes.capacity() ? ByteBuffer.allocate(bytes.capacity()) : bytes.clear();
                }
            }
            if (!steps.skip(Shortcut.SEGMENTS_UNSYNCED)) {
                made.force(true);
            }
        }
        if (header.number() == 1) {
            folder.syncNames(Shortcut.SEGMENT_NAMES_UNSYNCED);
        } else {
            folder.syncSegmentNames(Shortcut.SEGMENT_NAMES_UNSYNCED);
        }
    }

    /** Returns whether a segment was filled since segments were last recycled. */
    boolean hasRotated() {
        return rotated;
    }

    /**
     * Deletes segments in which nothing is unfinished. So that a change that stays unfinished for long does not keep all that came after
     * it, its entry is carried forward once there are many segments and most of what they hold is done.
     */
    void recycle() throws IOException {
        int carries = 0;
        for (long last = number; oldest < last; ) {
            if (live.areIn(oldest)) {
                boolean many = number - oldest >= settings.keptSegments() && live.bytes() < totalSize / 2;
                if (!many || carries++ == MOST_CARRIED) {
                    rotated = false;
                    return;
                }
                List<JournalEntry> carried = readBack(live.in(oldest));
                if (steps.skip(Shortcut.RECYCLED_BEFORE_CARRIED)) {
                    delete(oldest);
                    append(carried);
                    oldest++;
                    continue;
                }
                if (!steps.skip(Shortcut.RECYCLED_UNCARRIED)) {
                    append(carried);
                }
            }
            delete(oldest);
            oldest++;
        }
        rotated = false;
    }

    private List<JournalEntry> readBack(List<StoredEntry> stored) throws IOException {
        List<JournalEntry> entries = new ArrayList<>();
        uninterrupted.run(() -> {
            entries.clear();
            try (SegmentReader reader = new SegmentReader(folder.segment(oldest), folder.run(), oldest, steps)) {
                for (StoredEntry each : stored) {
                    JournalEntry entry = reader.entry(each);
                    if (entry == null) {
                        throw new IOException("The file " + folder.segment(oldest) + " is damaged at offset "
                                + each.offset() + ": it is not what was written");
                    }
                    entries.add(entry);
                }
            }
        });
        return entries;
    }

    private void delete(long segment) throws IOException {
        uninterrupted.run(() -> {
            long length = Files.size(folder.segment(segment));
            folder.dispose(segment);
            totalSize -= length;
        });
        uninterrupted.run(() -> folder.syncSegmentNames(Shortcut.RECYCLED_UNSYNCED));
    }

    void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
