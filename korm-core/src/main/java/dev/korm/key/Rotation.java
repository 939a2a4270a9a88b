package dev.korm.key;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.Searchable;
import dev.korm.StoreException;
import java.util.function.Consumer;

/**
 * Sealing everything in a pool anew with the current key: fields, secrets inside nested data, and the fingerprints of
 * {@link Searchable} fields, in every layer. Immutable; safe for many threads.
 *
 * <p>Others read and write meanwhile. Each item is changed under a check of its revision, and looked at again when somebody was
 * faster; its revision stays, since its data does, so nobody's commit fails for it. Begun anew after it was stopped or killed, it
 * goes on where it was: each layer keeps how far it has come. What does not open is left as it is, and counted.
 */
public interface Rotation {
    /**
     * Does not look at more items than that in a second; else it goes as fast as it can.
     *
     * @throws ConfigurationException when the number is below 1
     */
    Rotation itemsPerSecond(int items);

    /** Tells now and then, from the thread that does the work, how far it has come. What the listener throws ends the rotation. */
    Rotation onProgress(Consumer<RotationProgress> listener);

    /**
     * Does it in the caller's thread.
     *
     * @return what was done
     * @throws MissingKeyException when there is no key
     * @throws StoreException when a store fails; what was sealed anew until then stays so
     */
    RotationProgress run();

    /** Does it in a thread of its own, which ends with the work, with {@link Running#close}, or with the pool. */
    Running start();

    /** A rotation at work. Safe for many threads. */
    interface Running extends AutoCloseable {
        /** Returns the progress. */
        RotationProgress progress();

        /**
         * Waits for its end. Throws as {@link Rotation#run} does.
         *
         * @throws ClosedException when it was stopped before its end
         * @throws InterruptedException when the waiting thread is interrupted; the rotation goes on
         */
        RotationProgress await() throws InterruptedException;

        /**
         * Stops it after the items that it has in hand, and waits until its thread has ended, unless it is this one: for 30 seconds, and
         * not when this thread is interrupted; then it ends by itself. Twice is fine.
         */
        @Override
        void close();
    }
}
