package dev.korm.engine.file;

import dev.korm.ConfigurationException;
import dev.korm.Rn;
import dev.korm.engine.item.PoolContext;
import dev.korm.file.FileOperation;
import dev.korm.file.FileRef;

/**
 * An operation on a file as a member of a change.
 *
 * @param file floating, unless it is deleted
 */
public record FileStep(PoolContext pool, Aim aim, FileRef file) implements FileOperation {
    /** The purpose of a step. */
    public enum Aim {
        /** Refused where there is such a file. */
        CREATE,
        STORE,
        DELETE
    }

    public FileStep {
        pool.depots().depot(file.rn());
        FileTransitions.requirePlain(file.rn());
        if (aim != Aim.DELETE && !file.isFloating()) {
            throw new ConfigurationException(file + " has no content that could be stored");
        }
    }

    @Override
    @SuppressWarnings("unchecked") // The RN of a file names no item of a type.
    public Rn<FileRef> rn() {
        return (Rn<FileRef>) file.rn();
    }

    @Override
    public String toString() {
        return (aim == Aim.DELETE ? "Deletion of " : "Storing of ") + file.rn();
    }
}
