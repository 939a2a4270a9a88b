package dev.korm;

import java.util.List;

/**
 * A pool that is not configured as the metadata in its layers says. Nothing was changed, and everything is closed again. Way
 * out: look at {@link #differences()}; open the pool as it is stored, by {@link Korm#discover}; or, when the present configuration is
 * the right one, have it stored by {@link PoolBuilder#adoptMeta()}; or, when another pool is meant, give it stores of its own.
 */
public final class MetadataException extends KormException {
    private static final long serialVersionUID = 1L;

    private final List<String> differences;

    public MetadataException(String message, List<String> differences) {
        super(message);
        this.differences = List.copyOf(differences);
    }

    /** Returns the differences, a line each, for people; never credentials. */
    public List<String> differences() {
        return differences;
    }
}
