package dev.korm.engine.layer;

import dev.korm.spi.Fence;
import dev.korm.spi.Mutation;
import java.util.List;

/** The locks that the writes of a layer are held to. Safe for many threads. */
public interface WriteFences {
    /**
     * Returns the fences of the locks that the pool has on what is written.
     *
     * @param layer the layer that is written to
     * @throws dev.korm.lock.LockLostException when one of them was lost; nothing is written then
     */
    List<Fence> of(String layer, List<Mutation> mutations);

    /**
     * Takes note that a store has refused a write by a fence, and returns the exception that says so.
     *
     * @param newest the token that the store knows; 0 where it knows none
     */
    RuntimeException refused(String layer, Fence fence, long newest);
}
