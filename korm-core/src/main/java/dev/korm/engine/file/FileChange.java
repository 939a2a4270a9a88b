package dev.korm.engine.file;

import dev.korm.Rn;
import dev.korm.file.FileRelease;
import java.util.Optional;

/**
 * The state of a file on its way, as a record of a change can name it: staged, then referenced, and one day released.
 * {@link FileTransitions} leads from one to the next; each step can be taken again after it was cut off.
 */
sealed interface FileChange {
    /** Returns the name that items give it. */
    Rn<?> file();

    /** A step that its change has yet to bring about, with the name under which that is noted durably. */
    sealed interface Pending extends FileChange {
        /** Returns the name under which nobody looks for it. */
        Rn<?> staged();

        /** Returns the files in whose place the step may be taken. */
        Predecessors after();
    }

    /** Its bytes are stored durably under another name, and nobody sees them under its own. */
    record Staged(Rn<?> file, Rn<?> staged, Predecessors after) implements Pending {}

    /** It is there, and an empty file under another name says that it is to be deleted. */
    record Condemned(Rn<?> file, Rn<?> staged, Predecessors after) implements Pending {}

    /** An item that names it is stored, and its bytes are under its name. */
    record Referenced(Rn<?> file) implements FileChange {}

    /**
     * The change was stored in which an item ceased to name it.
     *
     * @param declared what the field that named it says about that; empty where nobody knows the field
     */
    record Released(Rn<?> file, Optional<FileRelease> declared) implements FileChange {}
}
