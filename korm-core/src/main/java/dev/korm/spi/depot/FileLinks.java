package dev.korm.spi.depot;

import dev.korm.Rn;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Links to files, for those who have no key to the depot. Whoever has a link can use it until it expires: treat it as a secret. */
public interface FileLinks {
    /** Returns a link that reads a file. Nothing is asked of the store, so the file need not be there. */
    URI toGet(Rn<?> file, Duration valid);

    /**
     * Returns a link that stores a file by an HTTP {@code PUT}. What is stored so has no recorded checksum.
     *
     * @param contentType what the {@code PUT} has to say of itself; empty: anything
     */
    URI toPut(Rn<?> file, Duration valid, Optional<String> contentType);
}
