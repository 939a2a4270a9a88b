package dev.korm.spi.depot;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.LayerDescription;
import java.util.List;
import java.util.Optional;

/**
 * The identity of the store that a source opens, for the pool's metadata; as a {@link LayerDescription} is for layers.
 *
 * @param type the kind of store; of the original's kinds {@code local} and {@code s3}
 * @param location which store of the kind
 * @param wrapping what the depot makes of other depots; empty for one that stands by itself
 */
public record DepotDescription(String type, LayerDescription.Location location, Optional<Wrapping> wrapping) {
    /**
     * A depot that is made of others.
     *
     * @param kind what it does, such as {@code sealed} or {@code mirror}
     * @param inner the others; the first is the one that the files are listed from
     */
    public record Wrapping(String kind, List<DepotDescription> inner) {
        public Wrapping {
            requireNonNull(kind, "kind");
            inner = List.copyOf(requireElements(inner, "inner"));
            if (inner.isEmpty()) {
                throw new IllegalArgumentException("A depot that is made of others has at least one");
            }
        }
    }

    public DepotDescription {
        requireNonNull(type, "type");
        requireNonNull(location, "location");
        requireNonNull(wrapping, "wrapping");
    }

    public DepotDescription(String type, LayerDescription.Location location) {
        this(type, location, Optional.empty());
    }

    /** Returns a store of which nothing is known but its kind. */
    public static DepotDescription of(String type) {
        return new DepotDescription(type, new LayerDescription.Unknown());
    }

    /** Returns a depot that is made of others: it has the place of the first. */
    public static DepotDescription around(String kind, DepotDescription... inner) {
        Wrapping wrapping = new Wrapping(kind, List.of(requireElements(inner, "inner")));
        DepotDescription first = wrapping.inner().get(0);
        return new DepotDescription(first.type(), first.location(), Optional.of(wrapping));
    }
}
