package dev.korm.wal;

import dev.korm.spi.journal.JournalEntry;
import dev.korm.wal.SegmentReader.Frame;
import dev.korm.wal.format.SegmentHeader;
import dev.korm.wal.format.StoredEntry;
import dev.korm.wal.run.Steps;
import dev.korm.wal.run.TakenLog;
import dev.korm.wal.run.WalFailures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log of a run that is over. For one thread.
 *
 * <p>A frame is written when those before it are synced. So what is no frame is a torn end if nothing follows, and otherwise damage. Where
 * a segment has to end says the header of the next.
 */
final class RunLog implements TakenLog {
    private final RunFolder folder;
    private final List<SegmentHeader> segments;
    private @Nullable SegmentReader reader;
    private final boolean isKept;
    private long reading;

    private RunLog(RunFolder folder, List<SegmentHeader> segments, boolean isKept) {
        this.isKept = isKept;
        this.folder = folder;
        this.segments = segments;
    }

    /**
     * Opens the log in a folder that was taken, and looks at the headers of its segments. What a process wrote that was killed may not be on the
     * disk yet, so it is synced first: what is done by what is read now must not rest on what a power cut takes away.
     */
    static RunLog open(RunFolder folder) throws IOException {
        return open(folder, false);
    }

    /** Opens a log that is kept, of which the first segments may be purged, and what was not used of each is cut off. */
    static RunLog kept(RunFolder folder) throws IOException {
        return open(folder, true);
    }

    private static RunLog open(RunFolder folder, boolean isKept) throws IOException {
        folder.syncSegmentNames(Steps.Shortcut.NAMES_READ_UNSYNCED);
        List<Long> numbers = new ArrayList<>(folder.segments());
        List<SegmentHeader> headers = new ArrayList<>();
        for (Long number : numbers) {
            boolean isLast = number.equals(numbers.get(numbers.size() - 1));
            SegmentHeader header = header(folder, number, isLast);
            if (header == null) {
                break;
            }
            long expected =
                    headers.isEmpty() ? number : headers.get(headers.size() - 1).number() + 1;
            if (number != expected && !folder.steps().skip(Steps.Shortcut.GAPS_UNCHECKED)) {
                throw WalFailures.damaged(folder.segment(expected), 0, "the file is missing, and a later one is there");
            }
            headers.add(header);
        }
        return new RunLog(folder, headers, isKept);
    }

    /** Returns a segment's header; null for one that was being made when the run ended. */
    private static @Nullable SegmentHeader header(RunFolder folder, long number, boolean isLast) throws IOException {
        try (SegmentReader segment = new SegmentReader(folder.segment(number), folder.run(), number, folder.steps())) {
            segment.sync();
            SegmentHeader header = segment.header();
            if (header != null && header.number() == number && header.run().equals(folder.run())) {
                return header;
            }
            if (header == null && isLast && segment.frameBehind(-1) == null) {
                return null;
            }
            throw WalFailures.damaged(
                    folder.segment(number), 0, "it does not begin with the header of this segment of this run");
        }
    }

    @Override
    public String run() {
        return folder.run();
    }

    /** Returns true: the system has taken the lock from the run's process. */
    @Override
    public boolean isOver() {
        return true;
    }

    /** Returns the pool whose log it is; null when nothing was ever written. */
    @Nullable String pool() throws IOException {
        return segments.isEmpty() ? folder.pool() : segments.get(0).pool();
    }

    @Override
    public long epoch() {
        return segments.isEmpty() ? 0 : segments.get(0).epoch();
    }

    @Override
    public void scan(Consumer<StoredEntry> each) throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            scan(segments.get(i), i + 1 < segments.size() ? segments.get(i + 1) : null, each);
        }
    }

    private void scan(SegmentHeader header, @Nullable SegmentHeader next, Consumer<StoredEntry> each)
            throws IOException {
        SegmentReader segment = segment(header.number());
        List<StoredEntry> entries = new ArrayList<>();
        long at = header.end();
        for (Frame frame = segment.frameAt(at); frame != null; frame = segment.frameAt(at)) {
            entries.clear();
            if (!segment.read(frame, entries)) {
                break;
            }
            entries.forEach(each);
            at = frame.end();
        }
        if (folder.steps().skip(Steps.Shortcut.DAMAGE_TAKEN_FOR_A_TORN_END)) {
            return;
        }
        // It is made whole before anything is written into it.
        if (!isKept && segment.size() < header.size() && (next != null || !segment.isBlank(header.end()))) {
            throw WalFailures.damaged(
                    folder.segment(header.number()), segment.size(), "the file ends there, and was made longer");
        }
        if (next != null && at != next.previousEnd() && !folder.steps().skip(Steps.Shortcut.SEGMENT_ENDS_UNCHECKED)) {
            throw WalFailures.damaged(folder.segment(header.number()), at, "the entries there were changed");
        }
        Frame behind = segment.frameBehind(at);
        if (behind != null) {
            throw WalFailures.damaged(
                    folder.segment(header.number()),
                    at,
                    "the entries there were changed, and later ones follow at offset " + behind.start());
        }
        if (segment.frameAt(at) != null && folder.steps().skip(Steps.Shortcut.TORN_END_TAKEN_FOR_DAMAGE)) {
            throw WalFailures.damaged(folder.segment(header.number()), at, "the last entries are torn");
        }
    }

    @Override
    public JournalEntry read(StoredEntry stored) throws IOException {
        JournalEntry entry = segment(stored.segment()).entry(stored);
        if (entry == null) {
            throw WalFailures.damaged(
                    folder.segment(stored.segment()), stored.offset(), "the entry there has changed since it was read");
        }
        return entry;
    }

    private SegmentReader segment(long number) throws IOException {
        if (reader == null || reading != number) {
            close();
            reader = new SegmentReader(folder.segment(number), folder.run(), number, folder.steps());
            reading = number;
        }
        return reader;
    }

    @Override
    public void retire() throws IOException {
        close();
        folder.retire();
    }

    @Override
    public void release() throws IOException {
        close();
        folder.release();
    }

    private void close() throws IOException {
        if (reader != null) {
            SegmentReader closed = reader;
            reader = null;
            closed.close();
        }
    }
}
