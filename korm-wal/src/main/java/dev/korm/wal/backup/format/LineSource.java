package dev.korm.wal.backup.format;

/** A source of the lines of a backup, which are asked for as they are stored. For one thread. */
@FunctionalInterface
public interface LineSource {
    /**
     * Writes the next lines, a few at a time.
     *
     * @return false when there are none
     */
    boolean writeNext(LineWriter out);
}
