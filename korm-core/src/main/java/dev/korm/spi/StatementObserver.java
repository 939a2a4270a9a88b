package dev.korm.spi;

import org.jspecify.annotations.Nullable;

/**
 * An observer of what a layer sends to its store: for logs, measurements and alarms. Safe for many threads.
 *
 * <p>It is called by the thread that sends, which may hold a connection and be in the middle of a transaction; so it is quick, throws nothing, and does not
 * call the layer.
 */
public interface StatementObserver {
    /** An observer that wants to know nothing. */
    StatementObserver NONE = new StatementObserver() {
        @Override
        public boolean isActive() {
            return false;
        }

        @Override
        public void ran(String statement, long rows, long nanos, @Nullable String failure) {
            // Nobody asks.
        }

        @Override
        public void repeated(String what, int attempt, Throwable reason) {
            // Nobody asks.
        }
    };

    /** The one who is told of the end of a statement. */
    @FunctionalInterface
    interface Ending {
        /** Tells that the statement has ended, as {@link StatementObserver#ran} does. Called once, by whichever thread ends it. */
        void ended(long rows, long nanos, @Nullable String failure);
    }

    /** Returns whether statements are to be measured and told. Asked before each one, so it is cheap. */
    boolean isActive();

    /**
     * Tells that a statement is about to be sent, by the thread that sends it, and returns whom to tell of its end. A layer that tells of beginnings does not call {@link #ran} itself.
     *
     * @param statement its shape: constants as placeholders, never a value
     */
    default Ending begins(String statement) {
        return (rows, nanos, failure) -> ran(statement, rows, nanos, failure);
    }

    /**
     * Tells that a statement has ended.
     *
     * @param statement its shape: constants as placeholders, never a value
     * @param rows how many it answered or changed; -1 where nobody has counted
     * @param nanos how long the store took, without the time in which nobody asked for the next row
     * @param failure the class and the code of the error that it ended with, without its message, which may quote a row; null for an answer
     */
    void ran(String statement, long rows, long nanos, @Nullable String failure);

    /**
     * Tells that the layer tries something again by itself, since the first attempt came to nothing.
     *
     * @param attempt the one that has failed, from 1
     */
    void repeated(String what, int attempt, Throwable reason);
}
