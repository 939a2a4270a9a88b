package dev.korm.spi.limit;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.Layer;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The limit on the time that each statement may take which a thread has a layer run. A question has one of its own by {@link #run}; where it has none, the one of
 * the layer holds ({@link Layer#limitStatements}). It concerns statements that begin meanwhile, and goes with their rows. Immutable.
 */
public final class StatementLimit {
    private static final ThreadLocal<@Nullable StatementLimit> CURRENT = new ThreadLocal<>();

    /** Null for the layer's. */
    private final @Nullable Duration longest;

    private final boolean streams;

    private StatementLimit(@Nullable Duration longest, boolean streams) {
        this.longest = longest;
        this.streams = streams;
    }

    /** Returns a limit; zero for none, whatever the layer has. */
    public static StatementLimit of(Duration longest) {
        return new StatementLimit(requireNonNull(longest, "longest"), false);
    }

    /** Returns the layer's own. */
    public static StatementLimit ofLayer() {
        return new StatementLimit(null, false);
    }

    /**
     * Returns the same for rows that are taken as their consumer likes: the time that it takes between them does not count, and a store that
     * would count it is to be limited by whoever waits for it.
     */
    public StatementLimit streaming() {
        return new StatementLimit(longest, true);
    }

    /** Does work whose statements have this limit. */
    public <T extends @Nullable Object> T run(Supplier<T> work) {
        requireNonNull(work, "work");
        return ThreadScope.within(CURRENT, this, work);
    }

    /** Returns the work, so that its statements have the limits of the present thread also where another thread does it. */
    public static <T extends @Nullable Object> Supplier<T> carried(Supplier<T> work) {
        requireNonNull(work, "work");
        StatementLimit here = CURRENT.get();
        return here == null ? work : () -> here.run(work);
    }

    /** Returns how long a statement may take that the present thread begins now; zero for as long as it likes. */
    public static Duration longest(Duration ofLayer) {
        requireNonNull(ofLayer, "ofLayer");
        StatementLimit here = CURRENT.get();
        Duration own = here == null ? null : here.longest;
        return own == null ? ofLayer : own;
    }

    /** Returns whether rows are taken as their consumer likes. */
    public static boolean isStreaming() {
        StatementLimit here = CURRENT.get();
        return here != null && here.streams;
    }
}
