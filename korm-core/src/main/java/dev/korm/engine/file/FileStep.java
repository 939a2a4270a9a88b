package dev.korm.engine.file;

import dev.korm.ConfigurationException;
import dev.korm.Rn;
import dev.korm.engine.item.PoolContext;
import dev.korm.file.FileOperation;
import dev.korm.file.FileRef;

/**
 * An operation on a file as a member of a change.
 *
 * @param file floating, where it is stored
 * @param check made when nobody else can change the file any more; what it throws refuses the whole change
 */
public record FileStep(PoolContext pool, Aim aim, FileRef file, Runnable check) implements FileOperation {
    /** The purpose of a step. */
    public enum Aim {
        /** Refused where there is such a file. */
        CREATE,
        STORE,
        DELETE,
        /** Leaves the file to the rest of the change, and only makes the check. */
        REQUIRE
    }

    public FileStep(PoolContext pool, Aim aim, FileRef file) {
        this(pool, aim, file, () -> {});
    }

    public FileStep {
        pool.depots().depot(file.rn());
        FileTransitions.requirePlain(file.rn());
        if ((aim == Aim.CREATE || aim == Aim.STORE) && !file.isFloating()) {
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
        return switch (aim) {
                    case DELETE -> "Deletion of ";
                    case REQUIRE -> "Look at ";
                    default -> "Storing of ";
                }
                + file.rn();
    }
}
