package dev.korm.engine.layer;

import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.TableName;
import java.util.List;
import java.util.Set;

/** A layer that keeps each version of its items beside them, written in the batch that makes the version. */
public interface ChangeRecorder extends Layer {
    /** The table that holds the versions. */
    TableName TABLE = TableName.own("__korm_history__", "id");

    /**
     * Returns mutations with the versions that they make at their end, for a batch that is kept or prepared before it is applied.
     * Mutations that have their versions already are returned as they are.
     *
     * @param whole the change that they are of
     */
    List<Mutation> recorded(List<Mutation> mutations, WholeChange whole);

    /** Returns the time of a version that follows another, by the clock of all versions of the pool. */
    long time(long latestBefore);

    /**
     * Returns mutations with marks in place of the deletions of items whose rows are kept, and with their versions, where the layer keeps any.
     *
     * @param leaving those that remove a row in any case
     * @param whole the change that they are of
     */
    static List<Mutation> recorded(
            OpenLayer layer, List<Mutation> mutations, Set<Mutation> leaving, WholeChange whole) {
        List<Mutation> marked = layer.marks().marking(mutations, leaving);
        return layer.all() instanceof ChangeRecorder recorder ? recorder.recorded(marked, whole) : marked;
    }
}
