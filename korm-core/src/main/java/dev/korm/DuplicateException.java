package dev.korm;

import java.util.List;
import java.util.Optional;

/**
 * A value that must be unique is held by another item. Way out: another value, or update the item that {@link #holder()}
 * names.
 */
public final class DuplicateException extends KormException {
    private static final long serialVersionUID = 1L;

    private final List<String> fields;
    private final transient Optional<Rn<?>> holder;

    public DuplicateException(String message, List<String> fields, Optional<Rn<?>> holder) {
        super(message);
        this.fields = List.copyOf(fields);
        this.holder = holder;
    }

    /** Returns the field, or the fields that are unique together. */
    public List<String> fields() {
        return fields;
    }

    /** Returns the item that holds the value, when it is known. Null only after Java serialisation. */
    public Optional<Rn<?>> holder() {
        return holder;
    }
}
