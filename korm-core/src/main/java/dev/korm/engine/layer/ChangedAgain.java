package dev.korm.engine.layer;

import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.function.Supplier;

/** The second attempt after a table was found changed, whose failure is told to the user. */
public final class ChangedAgain {
    private ChangedAgain() {}

    /**
     * Runs the second attempt.
     *
     * @throws StoreBusyException when the table was changed once more meanwhile; nothing was written
     */
    public static <R> R attempt(OpenLayer layer, Supplier<R> attempt) {
        try {
            return attempt.get();
        } catch (SchemaMovedException moved) {
            throw new StoreBusyException(
                    layer.layer(),
                    "The table " + moved.table() + " of the layer \"" + layer.layer()
                            + "\" is changed by other programs again and again, so the call was given up. Nothing was"
                            + " written; try again",
                    StoreException.Outcome.NOT_APPLIED,
                    moved);
        }
    }
}
