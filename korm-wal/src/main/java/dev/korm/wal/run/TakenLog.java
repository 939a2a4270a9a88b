package dev.korm.wal.run;

import dev.korm.spi.journal.JournalEntry;
import dev.korm.wal.format.StoredEntry;
import java.io.IOException;
import java.util.function.Consumer;

/** The log of a run that is over, taken by this one. For one thread. */
public interface TakenLog {
    String run();

    /** Returns the run's epoch; 0 when nothing was ever written. */
    long epoch();

    /** Returns whether the run is surely over, and not only silent. */
    boolean isOver();

    /** Reads all entries in the order in which they were appended. */
    void scan(Consumer<StoredEntry> each) throws IOException;

    /** Reads an entry again, with its body. */
    JournalEntry read(StoredEntry stored) throws IOException;

    /** Removes the log for good: it is not found again. */
    void retire() throws IOException;

    /** Leaves it to whoever takes it next. */
    void release() throws IOException;
}
