package dev.korm.danger;

/** The extent of a reset. */
public enum ResetMode {
    /** All that {@link #LAYERS} and {@link #DEPOTS} take away. */
    ALL,
    /** Every item and every table of korm's in every layer, the metadata among them. */
    LAYERS,
    /**
     * What korm has put into the depots: the files that items brought, backups, journals, staged files and the share of the metadata. Items stay, and name files that are gone.
     */
    DEPOTS,
    /** The metadata and the shares of it in layers and depots, so that the pool may be opened under another configuration. */
    META;

    /** Returns the word that a confirmation has for it. */
    public String word() {
        return switch (this) {
            case ALL -> "all";
            case LAYERS -> "the layers";
            case DEPOTS -> "the depots";
            case META -> "the metadata";
        };
    }
}
