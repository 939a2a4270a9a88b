package dev.korm.spi.load;

import org.jspecify.annotations.Nullable;

/**
 * Rows on their way into a table, in one transaction that stays open, and may keep others from writing: for a few seconds at the most, unless {@link #isLong()}. For one thread.
 *
 * <p>What fails, fails with a {@link dev.korm.StoreException}, and ends it; then nothing of it has happened, unless the exception says that this is not known.
 */
public interface RowLoad extends AutoCloseable {
    /**
     * Adds a row.
     *
     * @param values of the columns beside the key; read before this returns or later, so not to be changed
     * @return false where the id or a unique value of a row is taken, of this one or of an earlier one; then it has ended, and nothing of it has happened
     */
    boolean add(String id, @Nullable Object[] values);

    /** Returns whether it may take as long as its rows do, since it keeps nobody waiting but those who want its table. */
    default boolean isLong() {
        return false;
    }

    /**
     * Makes all rows durable, and ends it.
     *
     * @return false where the id or a unique value of a row is taken; then nothing of it has happened
     */
    boolean commit();

    /** Ends it: what was not committed has not happened. Twice is fine. */
    @Override
    void close();
}
