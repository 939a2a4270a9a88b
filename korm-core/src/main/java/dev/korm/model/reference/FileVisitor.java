package dev.korm.model.reference;

import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import java.util.Optional;

/** Sees the files of an item. */
@FunctionalInterface
public interface FileVisitor {
    /** @param declared what the record says about its release; empty where it says nothing */
    void visit(FileRef file, Optional<FileRelease> declared);
}
