package dev.korm.spi.depot;

import dev.korm.spi.LayerDescription;

/**
 * The identity of the store that a source opens, for the pool's metadata; as a {@link LayerDescription} is for layers.
 *
 * @param type the kind of store; of the original's kinds {@code local} and {@code s3}
 * @param location which store of the kind
 */
public record DepotDescription(String type, LayerDescription.Location location) {
    /** Returns a store of which nothing is known but its kind. */
    public static DepotDescription of(String type) {
        return new DepotDescription(type, new LayerDescription.Unknown());
    }
}
