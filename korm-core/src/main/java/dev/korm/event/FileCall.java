package dev.korm.event;

import java.time.Duration;
import java.util.Optional;

/**
 * A call of korm's to a depot, which over a network is one way there and back or more. Immutable.
 *
 * @param depot the depot's name
 * @param operation one of the constants of this class
 * @param took how long the depot took; of what is read or listed bit by bit, until its beginning was there
 * @param failure the class of the error that it ended with, without its message; empty for an answer
 */
public record FileCall(String depot, String operation, Duration took, Optional<String> failure) {
    /** A file's content is stored. */
    public static final String PUT = "put";

    /** A file, or a part of one, is opened. */
    public static final String GET = "get";

    /** What is known of a file is asked for. */
    public static final String STAT = "stat";

    /** Files or folders are listed. */
    public static final String LIST = "list";

    /** A file is copied within the depot. */
    public static final String COPY = "copy";

    /** A file is brought to another name. */
    public static final String MOVE = "move";

    /** A file is deleted. */
    public static final String DELETE = "delete";
}
