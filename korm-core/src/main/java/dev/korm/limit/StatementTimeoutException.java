package dev.korm.limit;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.PoolBuilder;
import dev.korm.Query;
import dev.korm.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A statement took longer than its time limit, and was ended in the store. Way out: ask for less, by a filter with an index, a limit or pages; {@link Query#explain}
 * tells what the store would do. Or allow more, by {@link Query#timeout} for one question and {@link PoolBuilder#timeout} for all.
 */
public final class StatementTimeoutException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final Duration limit;
    private final @Nullable String collection;

    /**
     * @param attempted completes the sentence "… took longer", with the layer
     * @param collection {@code namespace:kind} of the items that were asked for; null where it was about several
     */
    public StatementTimeoutException(
            String layer,
            @Nullable String collection,
            String attempted,
            Duration limit,
            Outcome outcome,
            @Nullable Throwable cause) {
        super(
                layer,
                attempted + " took longer than the time limit of "
                        + requireNonNull(limit, "limit").toMillis()
                        + " ms for a statement, and was ended. "
                        + (outcome == Outcome.UNKNOWN ? "The change may have happened. " : "Nothing was changed. ")
                        + "Ask for less, by a filter that an index serves, a limit or pages (explain() shows the plan),"
                        + " or allow more: by timeout(…) of the query, or of the pool",
                outcome,
                cause);
        this.limit = limit;
        this.collection = collection;
    }

    /** Returns how long the statement was allowed to take. */
    public Duration limit() {
        return limit;
    }

    /** Returns {@code namespace:kind} of the items that were asked for; empty for a change of several collections. */
    public Optional<String> collection() {
        return Optional.ofNullable(collection);
    }
}
