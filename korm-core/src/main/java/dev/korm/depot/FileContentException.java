package dev.korm.depot;

import dev.korm.KormException;
import org.jspecify.annotations.Nullable;

/**
 * What was to become a file could not be read, was used up, or is not what it was said to be; nothing was stored. Way out:
 * look after the source. A write that may have to be repeated needs content that can be read again: bytes, a {@code Path} or
 * a {@code Supplier}.
 */
public final class FileContentException extends KormException {
    private static final long serialVersionUID = 1L;

    public FileContentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
