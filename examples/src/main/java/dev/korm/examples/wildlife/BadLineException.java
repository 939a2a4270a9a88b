package dev.korm.examples.wildlife;

/** A line that cannot become an item; the message says why, the reader of the file knows where. */
final class BadLineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadLineException(String message) {
        super(message);
    }
}
