package dev.korm;

import org.jspecify.annotations.Nullable;

/**
 * A field whose column exists with another kind. Way out: give the field the type of its column, move it to another
 * name, have the values converted by {@link Items#convert(String, java.util.function.Function)}, or have the column replaced, with its values, by {@code destructive()}.
 *
 * <p>Also a collection that is to be prepared for a record which none of its items could be read as, since they lack a field that must have a value. Way out: declare
 * a {@link Default} for it.
 */
public final class SchemaException extends KormException {
    private static final long serialVersionUID = 1L;

    public SchemaException(String message) {
        super(message);
    }

    public SchemaException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
