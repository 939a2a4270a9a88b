package dev.korm.query;

import dev.korm.spi.Join;
import dev.korm.spi.Operand;
import dev.korm.spi.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sources that a condition can see: joins are made once for each reference and target, however often it is used. */
final class Scope {
    private record Key(Operand reference, TableName target) {}

    private final int[] sources;
    private final List<Join> joins = new ArrayList<>();
    private final Map<Key, Join> known = new HashMap<>();

    private Scope(int[] sources) {
        this.sources = sources;
    }

    /** The scope of a whole selection; source 0 is taken. */
    static Scope root() {
        return new Scope(new int[] {1});
    }

    /** The scope inside an element, numbered on. */
    Scope inner() {
        return new Scope(sources);
    }

    int newSource() {
        return sources[0]++;
    }

    int join(Operand reference, TableName target) {
        return known.computeIfAbsent(new Key(reference, target), key -> {
                    Join join = new Join(newSource(), reference, target);
                    joins.add(join);
                    return join;
                })
                .source();
    }

    List<Join> joins() {
        return joins;
    }
}
