package dev.korm.file;

import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.depot.DepotException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Looks through all depots and all items of a pool: finishes changes that were cut off between an item and its files, removes what
 * changes that never happened left behind and the files that no item names any more, and tells which items name files that are
 * missing. Others may go on working.
 *
 * <pre>{@code
 * SweepReport report = pool.sweep().each(finding -> log(finding)).run();
 * }</pre>
 *
 * <p>A file is removed when an item brought it along, no item of any layer of this pool names it, in a field or anywhere in JSON, and
 * it has been so for its depot's {@linkplain FileRelease grace}; whether it is named is asked again right before. Items in pools that
 * share a depot but not the layers are not seen: give such pools depots of their own, or {@link FileRelease#KEEP}. Sealed fields are
 * not looked into.
 *
 * <p>Memory: up to 60 bytes for each file. The items are read once, and a second time when anything is amiss.
 *
 * <p>Immutable until it is run.
 */
public interface Sweep {
    /** Sets a grace period other than the depots', also for the leftovers of changes, for which it is an hour. */
    Sweep grace(Duration grace);

    /** Removes nothing, and finishes nothing. */
    Sweep reportOnly();

    /** Tells of each finding as it is made. */
    Sweep each(Consumer<Finding> listener);

    /** Tells how many files were looked at. */
    Sweep progress(Progress progress);

    /**
     * Does it.
     *
     * @throws DepotException when a depot fails; what was removed by then stays removed
     * @throws StoreException when a layer fails
     */
    SweepReport run();

    /** A finding of a sweep: something that is not as it should be. */
    sealed interface Finding {
        Rn<?> file();
    }

    /** A file that no item names, and that is removed (or would be). */
    record Unnamed(Rn<?> file) implements Finding {}

    /** A file that no item names, and that stays for now, or since nobody knows that an item brought it along. */
    record Unclaimed(Rn<?> file) implements Finding {}

    /** A file left behind by a change that never happened. */
    record Leftover(Rn<?> file) implements Finding {}

    /** A file of a change that happened, which is brought to its place now. */
    record Unfinished(Rn<?> file) implements Finding {}

    /**
     * A file of a change that happened, which could not be brought to its place. Its bytes stay where they are, also for {@link
     * dev.korm.spi.depot.Depot#get}, and every opening and every sweep tries again.
     *
     * @param staged where its bytes are; the same as the file where a whole place could not be looked at
     * @param reason why not; its message says what to do
     */
    record SetAside(Rn<?> file, Rn<?> staged, RuntimeException reason) implements Finding {}

    /**
     * A file that is missing.
     *
     * @param item that names it
     */
    record Missing(Rn<?> file, Rn<?> item) implements Finding {}
}
