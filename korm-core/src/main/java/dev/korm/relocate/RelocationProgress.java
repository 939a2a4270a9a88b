package dev.korm.relocate;

/**
 * The progress of a relocation.
 *
 * @param done how many items of the phase are done, those of an earlier call included
 * @param total how many there were when the phase began; others may add and delete some meanwhile
 */
public record RelocationProgress(Phase phase, long done, long total) {
    /** The phase of a relocation. */
    public enum Phase {
        COPYING,
        /** Comparing both sides, and copying again what was changed meanwhile. */
        VERIFYING,
        /** Having references name the new place; counted in items of all layers. */
        REWRITING,
        /** Deleting from the old place. */
        REMOVING
    }
}
