package dev.korm.history;

import java.util.function.Supplier;

/** A person or program that makes changes, which their versions name. Immutable, safe for many threads. */
public interface Author {
    /** Returns this author with a reason for the changes. */
    Author because(String reason);

    /** Runs a call; whatever its thread changes in the pool meanwhile is made by this author. */
    void run(Runnable call);

    /** Works as {@link #run}, and returns what the call does. */
    <R> R call(Supplier<R> call);
}
