package dev.korm.engine.context;

import dev.korm.event.CallEnd;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A call of a program's that is under way, and whom to tell of its end. Used by one thread. */
public final class ToldCall {
    private final CallEnd end;
    /** Those who were told before that it began; null for nobody. */
    private final @Nullable ToldCall others;

    private final Environment environment;
    private final long begun;

    ToldCall(CallEnd end, @Nullable ToldCall others, Environment environment) {
        this.end = end;
        this.others = others;
        this.environment = environment;
        this.begun = environment.nanoTime();
    }

    /**
     * Tells that a call has ended, those first who were told last that it began: what listeners have put around the call is nested.
     *
     * @param call what {@link PoolEvents#callBegins} has answered
     */
    public static void ended(@Nullable ToldCall call, @Nullable Throwable failure) {
        if (call != null) {
            Optional<String> name = failure == null
                    ? Optional.empty()
                    : Optional.of(failure.getClass().getSimpleName());
            long now = call.environment.nanoTime();
            for (ToldCall told = call; told != null; told = told.others) {
                PoolEvents.ended(told.end, Duration.ofNanos(now - told.begun), name);
            }
        }
    }
}
