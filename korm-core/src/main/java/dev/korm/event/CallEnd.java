package dev.korm.event;

import java.time.Duration;
import java.util.Optional;

/** The one who is told of the end of a call whose beginning was told by {@link PoolListener#callBegins}. It is called once, by the thread that has made the call, and must not call the pool. */
@FunctionalInterface
public interface CallEnd {
    /** Nobody, where the end is of no interest. */
    CallEnd NOBODY = (took, failure) -> {};

    /**
     * Tells that the call has ended.
     *
     * @param took since the call began, with what korm did beside its statements
     * @param failure the simple name of the class of what it has thrown, without its message; empty for an answer
     */
    void ended(Duration took, Optional<String> failure);
}
