package dev.korm.spi.depot;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A file that is being read. The thread that asked closes it.
 *
 * @param stat what is known of it
 * @param stream its bytes, or those of the range that was asked for
 */
public record FileContent(FileStat stat, InputStream stream) implements AutoCloseable {
    public FileContent {
        requireNonNull(stat, "stat");
        requireNonNull(stream, "stream");
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("A file that was read could not be closed", failed);
        }
    }
}
