package dev.korm.jdbc.sql.text;

/** A name, path or shape that cannot be written as SQL. Thrown while the statement is made, so nothing was sent. */
public final class RenderException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public RenderException(String message) {
        super(message);
    }
}
