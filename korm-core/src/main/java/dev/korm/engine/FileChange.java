package dev.korm.engine;

import dev.korm.Rn;

/**
 * Where a file is on its way, as a record of a change can name it: staged, then referenced, and one day released. {@link
 * FileTransitions} leads from one to the next; each step can be taken again after it was cut off.
 */
sealed interface FileChange {
    /** The name that items give it. */
    Rn<?> file();

    /**
     * Its bytes are stored durably under another name, and nobody sees them under its own.
     *
     * @param staged that other name
     */
    record Staged(Rn<?> file, Rn<?> staged, String sha256) implements FileChange {}

    /** An item that names it is stored, and its bytes are under its name. */
    record Referenced(Rn<?> file) implements FileChange {}

    /** The change was stored in which an item ceased to name it. */
    record Released(Rn<?> file) implements FileChange {}
}
