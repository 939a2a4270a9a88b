package dev.korm.wal.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Set;

/**
 * The steps that everything hangs on, with those that a test leaves out to see that it would be noticed. Outside of tests none is.
 */
public final class Steps {
    public static final Steps ALL = new Steps(Set.of());

    private final Set<Shortcut> taken;

    public Steps(Set<Shortcut> taken) {
        this.taken = Set.copyOf(taken);
    }

    /** A step that is left out, or done in the wrong order. */
    public enum Shortcut {
        APPENDS_UNSYNCED,
        SYNCED_BEFORE_WRITTEN,
        SEGMENTS_UNSYNCED,
        SEGMENT_NAMES_UNSYNCED,
        RUN_NAMES_UNSYNCED,
        PLACE_NAME_UNSYNCED,
        RECORDS_UNCHECKED,
        FRAMES_UNCHECKED,
        SEGMENT_ENDS_UNCHECKED,
        GAPS_UNCHECKED,
        DAMAGE_TAKEN_FOR_A_TORN_END,
        TORN_END_TAKEN_FOR_DAMAGE,
        RETIRED_BY_NO_RENAMING,
        RETIRING_UNSYNCED,
        RETIRED_LAST_RUN_FIRST,
        RUNS_READ_IN_ANY_ORDER,
        RECYCLED_BEFORE_CARRIED,
        RECYCLED_UNCARRIED,
        RECYCLED_UNSYNCED,
        RECYCLED_WHILE_LOGS_ARE_TAKEN,
        APPENDED_AFTER_A_FAILURE,
        LOGS_READ_UNSYNCED,
        NAMES_READ_UNSYNCED,
        LOCKS_IGNORED
    }

    public boolean skip(Shortcut shortcut) {
        return taken.contains(shortcut);
    }

    /** Makes what was written to a file durable: its bytes alone, which is enough where its size stays. */
    public void force(FileChannel channel, Shortcut unless) throws IOException {
        if (!skip(unless)) {
            channel.force(false);
        }
    }

    /** Returns whether a checksum is that of the bytes. */
    public boolean agree(Shortcut unless, int stored, int computed) {
        return stored == computed || skip(unless);
    }
}
