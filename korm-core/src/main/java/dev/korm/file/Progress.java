package dev.korm.file;

/** Is told how far something long has come. Called by the thread that does the work; a progress that throws ends it. */
@FunctionalInterface
public interface Progress {
    /** What is told when nobody listens. */
    Progress NONE = (done, total) -> {};

    /** What stands for a total that nobody knows. */
    long UNKNOWN = -1;

    /**
     * Reports that so much is done.
     *
     * @param done bytes of one file, or files of many
     * @param total of how many; {@link #UNKNOWN} when that shows only at the end
     */
    void at(long done, long total);
}
