package dev.korm.depot;

import dev.korm.KormException;
import org.jspecify.annotations.Nullable;

/**
 * A failure to read the content of a file: it could not be read, was already read, or differs from what was announced;
 * nothing was stored. Way out: look after the source. A write that may have to be repeated needs content that can be
 * read again: bytes, a {@code Path} or a {@code Supplier}.
 */
public final class FileContentException extends KormException {
    private static final long serialVersionUID = 1L;

    public FileContentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
