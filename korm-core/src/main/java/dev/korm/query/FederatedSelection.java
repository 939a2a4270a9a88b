package dev.korm.query;

import dev.korm.spi.query.Selection;
import java.util.Map;

/**
 * A selection for one layer, with the joins into other layers that its references lead to.
 *
 * @param selection as if all of it were in one layer
 * @param crossLayerJoins the joins that are not within the layer that is asked, by their sources
 */
public record FederatedSelection(Selection selection, Map<Integer, CrossLayerJoin> crossLayerJoins) {
    public FederatedSelection {
        crossLayerJoins = Map.copyOf(crossLayerJoins);
    }

    /** Returns a question within one layer. */
    public static FederatedSelection of(Selection selection) {
        return new FederatedSelection(selection, Map.of());
    }

    /** Returns whether one layer holds all that it takes. */
    public boolean isNear() {
        return crossLayerJoins.isEmpty();
    }
}
