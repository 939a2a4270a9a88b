package dev.korm.query;

import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sources that a condition can see: joins are made once for each reference and target, however often it is used. */
final class Scope {
    private record Key(Operand reference, CrossLayerJoin crossLayerJoin, TableName target) {}

    private final String layer;
    private final int[] sources;
    private final Map<Integer, CrossLayerJoin> crossLayerJoins;
    private final List<Join> joins = new ArrayList<>();
    private final Map<Key, Join> known = new HashMap<>();

    private Scope(String layer, int[] sources, Map<Integer, CrossLayerJoin> crossLayerJoins) {
        this.layer = layer;
        this.sources = sources;
        this.crossLayerJoins = crossLayerJoins;
    }

    /**
     * Returns the scope of a whole selection; source 0 is taken.
     *
     * @param layer the layer that is asked
     */
    static Scope root(String layer) {
        return new Scope(layer, new int[] {1}, new HashMap<>());
    }

    /** Returns the scope inside an element, numbered on. */
    Scope inner() {
        return new Scope(layer, sources, crossLayerJoins);
    }

    int newSource() {
        return sources[0]++;
    }

    int join(Operand reference, CrossLayerJoin crossLayerJoin, TableName target) {
        return known.computeIfAbsent(new Key(reference, crossLayerJoin, target), key -> {
                    Join join = new Join(newSource(), reference, target);
                    joins.add(join);
                    if (!crossLayerJoin.holder().equals(layer)
                            || !crossLayerJoin.layer().equals(layer)) {
                        crossLayerJoins.put(join.source(), crossLayerJoin);
                    }
                    return join;
                })
                .source();
    }

    /** Returns the joins of this and of every inner scope that are not within the layer that is asked. */
    Map<Integer, CrossLayerJoin> crossLayerJoins() {
        return crossLayerJoins;
    }

    List<Join> joins() {
        return joins;
    }
}
