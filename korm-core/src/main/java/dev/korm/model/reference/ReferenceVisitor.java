package dev.korm.model.reference;

import dev.korm.FieldPath;
import dev.korm.Rn;
import dev.korm.file.FileRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sees the references that a path meets, and may replace them. */
@FunctionalInterface
public interface ReferenceVisitor {
    /**
     * Returns the replacement of the reference; the same instance to keep it, null for none.
     *
     * @param reference a reference in the data
     * @param target the type of the items it names; {@code Document} when it is not declared
     * @param rest the steps of the path after the reference; empty when it stands at the path's end
     */
    @Nullable Rn<?> visit(Rn<?> reference, Class<?> target, List<FieldPath.Step> rest);

    /** Returns the replacement of a file that the path leads to; the same instance to keep it. */
    default FileRef file(FileRef file) {
        return file;
    }
}
