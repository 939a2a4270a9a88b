package dev.korm.live;

import dev.korm.KormException;

/**
 * The changes behind a position are not kept any more, or the position is another store's. Nothing can be told from there without a gap. Way out: read what is there now,
 * and go on from the position of that moment.
 */
public final class PositionLostException extends KormException {
    private static final long serialVersionUID = 1L;

    private final String layer;

    /**
     * @param layer the layer's name in its pool
     * @param message what was attempted, why not, and what to do
     */
    public PositionLostException(String layer, String message) {
        super(message);
        this.layer = layer;
    }

    /** Returns the layer's name in its pool. */
    public String layer() {
        return layer;
    }
}
