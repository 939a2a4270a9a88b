package dev.korm.wal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.wal.format.Checksum;
import dev.korm.wal.format.SegmentHeader;
import dev.korm.wal.format.StoredEntry;
import dev.korm.wal.format.WalFormat;
import dev.korm.wal.run.Steps;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A segment that is read, through a window of {@value #WINDOW} bytes. For one thread. */
final class SegmentReader implements Closeable {
    private static final int WINDOW = 256 * 1024;

    private final long number;
    private final FileChannel channel;
    private final long size;
    private final Checksum checksum;
    private final Steps steps;
    private final ByteBuffer window;
    private long windowStart;

    /** Bytes of a segment that a valid header names as a frame's. */
    record Frame(long start, long length) {
        long end() {
            return WalFormat.aligned(start + WalFormat.FRAME_HEADER + length);
        }
    }

    SegmentReader(Path path, String run, long number, Steps steps) throws IOException {
        this.number = number;
        this.steps = steps;
        this.checksum = new Checksum(run, number);
        this.channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            this.size = channel.size();
            this.window = ByteBuffer.allocate((int) Math.min(size, WINDOW)).limit(0);
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    /** Cuts off what is behind the last frame of a segment that nobody writes to any more. */
    static void trim(Path path, String run, Steps steps) throws IOException {
        String name = path.getFileName().toString();
        long end;
        try (SegmentReader segment =
                new SegmentReader(path, run, Long.parseLong(name.substring(0, name.indexOf('.'))), steps)) {
            SegmentHeader header = segment.header();
            if (header == null) {
                return;
            }
            end = header.end();
            for (Frame frame = segment.frameAt(end); frame != null; frame = segment.frameAt(end)) {
                end = frame.end();
            }
            if (end >= segment.size() || segment.frameBehind(end) != null) {
                return;
            }
        } catch (NoSuchFileException another) {
            return;
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.truncate(end);
            file.force(true);
        }
    }

    long size() {
        return size;
    }

    /** Returns whether there are only zeros from an offset on. */
    boolean isBlank(long offset) throws IOException {
        for (long at = offset; covers(at, 1); at++) {
            if (window.get((int) (at - windowStart)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Makes what is read durable, whoever wrote it. */
    void sync() throws IOException {
        if (!steps.skip(Steps.Shortcut.LOGS_READ_UNSYNCED)) {
            channel.force(true);
        }
    }

    /** Returns the segment's header; null when it has none. */
    @Nullable SegmentHeader header() throws IOException {
        int length = (int) Math.min(size, SegmentHeader.MOST);
        return covers(0, length) ? SegmentHeader.decoded(slice(0, length)) : null;
    }

    /** Returns the frame that begins at an offset; null when none does. */
    @Nullable Frame frameAt(long offset) throws IOException {
        if (!covers(offset, WalFormat.FRAME_HEADER)) {
            return null;
        }
        ByteBuffer header = slice(offset, WalFormat.FRAME_HEADER);
        long length = header.getLong(2 * Integer.BYTES);
        if (header.getInt(0) != WalFormat.FRAME_MAGIC
                || length <= 0
                || length > size - offset - WalFormat.FRAME_HEADER
                || !steps.agree(
                        Steps.Shortcut.FRAMES_UNCHECKED,
                        header.getInt(Integer.BYTES),
                        checksum.at(offset)
                                .add(header.slice(2 * Integer.BYTES, Long.BYTES))
                                .value())) {
            return null;
        }
        return new Frame(offset, length);
    }

    /** Adds the entries of a frame, and returns whether all of it is as it was written. */
    boolean read(Frame frame, List<StoredEntry> into) throws IOException {
        long end = frame.start() + WalFormat.FRAME_HEADER + frame.length();
        for (long at = frame.start() + WalFormat.FRAME_HEADER; at < end; ) {
            StoredEntry entry = entryAt(at, end);
            if (entry == null) {
                return false;
            }
            into.add(entry);
            at += entry.length();
        }
        return true;
    }

    private @Nullable StoredEntry entryAt(long offset, long end) throws IOException {
        if (end - offset < WalFormat.RECORD_HEADER || !covers(offset, WalFormat.RECORD_HEADER)) {
            return null;
        }
        ByteBuffer header = slice(offset, WalFormat.RECORD_HEADER);
        int stored = header.getInt(0);
        Kind kind = WalFormat.kind(header.get(Integer.BYTES));
        int idLength = header.get(Integer.BYTES + 1);
        int bodyLength = header.getInt(2 * Integer.BYTES);
        long length = (long) WalFormat.RECORD_HEADER + idLength + bodyLength;
        if (kind == null
                || idLength < 1
                || idLength > WalFormat.LONGEST_CHANGE
                || bodyLength < 0
                || length > end - offset) {
            return null;
        }
        checksum.at(offset);
        add(offset + Integer.BYTES, length - Integer.BYTES);
        if (!steps.agree(Steps.Shortcut.RECORDS_UNCHECKED, stored, checksum.value())
                || !covers(offset + WalFormat.RECORD_HEADER, idLength)) {
            return null;
        }
        String change = US_ASCII.decode(slice(offset + WalFormat.RECORD_HEADER, idLength))
                .toString();
        return new StoredEntry(kind, change, number, offset, length);
    }

    private void add(long offset, long length) throws IOException {
        long at = offset;
        while (at < offset + length) {
            int part = (int) Math.min(window.capacity(), offset + length - at);
            if (!covers(at, part)) {
                return;
            }
            checksum.add(slice(at, part));
            at += part;
        }
    }

    /** Returns an entry with its body; null when it is not there as it was written. */
    @Nullable JournalEntry entry(StoredEntry stored) throws IOException {
        if (!stored.equals(entryAt(stored.offset(), size))) {
            return null;
        }
        ByteBuffer body = ByteBuffer.allocate(stored.bodyLength());
        long start = stored.offset() + stored.length() - stored.bodyLength();
        while (body.hasRemaining()) {
            if (channel.read(body, start + body.position()) < 0) {
                return null;
            }
        }
        return new JournalEntry(stored.kind(), stored.change(), body.flip());
    }

    /** Returns the first frame that begins behind an offset, wherever; null when there is none. */
    @Nullable Frame frameBehind(long offset) throws IOException {
        for (long at = WalFormat.aligned(offset + 1); covers(at, WalFormat.FRAME_HEADER); at += WalFormat.ALIGNMENT) {
            if (window.getInt((int) (at - windowStart)) == WalFormat.FRAME_MAGIC) {
                Frame frame = frameAt(at);
                if (frame != null) {
                    return frame;
                }
            }
        }
        return null;
    }

    /** Has the window cover bytes; false when the segment ends before. */
    private boolean covers(long offset, int count) throws IOException {
        if (offset >= windowStart && offset + count <= windowStart + window.limit()) {
            return true;
        }
        if (offset + count > size) {
            return false;
        }
        window.clear();
        windowStart = offset;
        while (window.hasRemaining() && channel.read(window, windowStart + window.position()) >= 0) {
            // Reads on.
        }
        window.flip();
        return count <= window.limit();
    }

    private ByteBuffer slice(long offset, int count) {
        return window.slice((int) (offset - windowStart), count);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
