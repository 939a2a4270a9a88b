package dev.korm.engine.context;

import dev.korm.ChangeTooLargeException;
import dev.korm.ConfigurationException;
import dev.korm.Rn;

/**
 * A bound on what one change holds in memory.
 *
 * @param most how many items, and references between them
 */
public record ChangeLimit(int most) {
    public static final ChangeLimit DEFAULT = new ChangeLimit(100_000);

    public ChangeLimit {
        if (most < 1) {
            throw new ConfigurationException("largestChange(" + most + ") allows no change; give at least 1");
        }
    }

    /**
     * Checks that a change may hold so many.
     *
     * @throws ChangeTooLargeException when they are more, before anything of it happened
     */
    public void require(long items, Rn<?> collection, String layer) {
        if (items > most) {
            throw new ChangeTooLargeException("Nothing of " + collection + " was changed in the layer \"" + layer
                    + "\": together with the items that refer to them and have to be deleted or changed too, there are more than "
                    + most
                    + " to be held in memory at once. Make several changes of fewer items, by a filter or a limit, or"
                    + " allow more by largestChange(…)");
        }
    }
}
