package dev.korm.spi;

import static dev.korm.argument.NullArgumentException.requireNonNull;

/** The reason why a store did not make a change that it understood. */
public sealed interface Refusal {
    /** The id of an insert is taken. */
    record Exists() implements Refusal {}

    /**
     * A unique index holds the value already.
     *
     * @param index the index's name
     * @param holder the id of the row that holds the value
     */
    record UniqueViolation(String index, String holder) implements Refusal {
        public UniqueViolation {
            requireNonNull(index, "index");
            requireNonNull(holder, "holder");
        }
    }

    /** There is no row of that id. */
    record Missing() implements Refusal {}

    /** The row has another revision than expected. */
    record Stale(long revision) implements Refusal {}

    /**
     * There is a row where none was allowed.
     *
     * @param id the key of one such row
     */
    record Found(String id) implements Refusal {
        public Found {
            requireNonNull(id, "id");
        }
    }

    /**
     * The lock was taken by another since.
     *
     * @param newest the token of its row; 0 where there is none
     */
    record Fenced(long newest) implements Refusal {}

    /** The batch was applied before: its marker is there. */
    record AlreadyApplied() implements Refusal {}

    /** A batch that somebody has forbidden, as a recovery does: it was not applied and never will be. */
    record Forbidden() implements Refusal {}
}
