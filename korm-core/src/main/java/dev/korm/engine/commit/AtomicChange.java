package dev.korm.engine.commit;

import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.TransactionMarker;
import java.util.Comparator;
import java.util.List;

/**
 * A change of several layers.
 *
 * @param marker proves in each layer that its part was made
 * @param parts in the order in which they are prepared; the last is the coordinator's, whose marker decides
 * @param ending who says when nothing is left to do
 */
record AtomicChange(TransactionMarker marker, List<LayerBatch> parts, AtomicCommits.Ending ending) {
    /**
     * The order in which every pool takes layers, so that two never wait for each other in a circle. A layer with a single writer comes last: nobody
     * else can write while it waits, so it waits for no other store, and is committed first.
     */
    static final Comparator<OpenLayer> ORDER = Comparator.comparing(
                    (OpenLayer layer) -> layer.store().capabilities().has(Feature.SINGLE_WRITER))
            .thenComparing(OpenLayer::layer);

    AtomicChange {
        String decides = marker.layers().stream().findFirst().orElse("");
        Comparator<LayerBatch> coordinatorLast =
                Comparator.comparing(part -> part.layer().layer().equals(decides));
        parts = parts.stream()
                .sorted(coordinatorLast.thenComparing(LayerBatch::layer, ORDER))
                .toList();
    }

    /** Returns the parts in the order in which they are prepared. */
    List<LayerBatch> prepared() {
        return parts.stream()
                .sorted(Comparator.comparing(LayerBatch::layer, ORDER))
                .toList();
    }

    String id() {
        return marker.id();
    }

    /** Returns the part whose marker decides. */
    LayerBatch coordinator() {
        return parts.get(parts.size() - 1);
    }

    /** Returns the parts that follow the decision. */
    List<LayerBatch> followers() {
        return parts.subList(0, parts.size() - 1);
    }

    List<String> layers() {
        return parts.stream().map(part -> part.layer().layer()).toList();
    }
}
