package dev.korm.jdbc;

/** A name, path or shape that cannot be written as SQL. Thrown while the statement is made, so nothing was sent. */
final class RenderException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    RenderException(String message) {
        super(message);
    }
}
