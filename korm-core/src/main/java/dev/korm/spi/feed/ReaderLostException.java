package dev.korm.spi.feed;

import dev.korm.KormException;

/**
 * A reader of a change feed is not the one any more that reads under its name: another one has opened it since, or the name was forgotten. What it has acknowledged before is kept, what it
 * acknowledged now is not. Way out: open it again, and let one program at a time read under a name.
 */
public final class ReaderLostException extends KormException {
    private static final long serialVersionUID = 1L;

    private final String layer;
    private final String reader;

    /**
     * @param layer the layer's name in its pool
     * @param reader the name of the reader
     * @param message what was attempted, why not, and what to do
     */
    public ReaderLostException(String layer, String reader, String message) {
        super(message);
        this.layer = layer;
        this.reader = reader;
    }

    /** Returns the layer's name in its pool. */
    public String layer() {
        return layer;
    }

    /** Returns the name of the reader. */
    public String reader() {
        return reader;
    }
}
