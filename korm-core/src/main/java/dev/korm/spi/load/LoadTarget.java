package dev.korm.spi.load;

/** The state of a table that rows are loaded into. */
public enum LoadTarget {
    /** It may hold rows, and others may read it meanwhile. */
    SHARED,
    /**
     * It was made for these rows, holds none yet, and nobody else needs it before they are there. So the layer may keep others from it until the load has ended, and make its key when all rows are there. A layer that finds rows
     * in it, or cannot have it to itself, loads them as into one that is shared.
     */
    NEW
}
