package dev.korm.history;

import dev.korm.Rn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transaction was not undone, since that would overwrite what came later or cannot be done whole. Nothing was written. Way out: look at the items, and change them by hand. */
public final class UndoRefusedException extends HistoryException {
    private static final long serialVersionUID = 1L;

    private final transient List<Rn<?>> items;

    /** @param items that are in the way */
    public UndoRefusedException(String message, List<? extends Rn<?>> items, @Nullable Throwable cause) {
        super(message, cause);
        this.items = List.copyOf(items);
    }

    /** Returns the items that are in the way. Null only after Java serialisation. */
    public List<Rn<?>> items() {
        return items;
    }
}
