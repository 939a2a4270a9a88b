package dev.korm.jdbc.sql;

import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Selection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Selections that were written as SQL, so that those which differ by their constants alone are written once. Safe for many threads. */
public final class WrittenSelections {
    /** So many are remembered; then all are forgotten. */
    private static final int MOST = 256;

    private final Layer layer;
    private final Map<Selection, CompiledSelection> written = new ConcurrentHashMap<>();

    /** @param layer writes them */
    public WrittenSelections(Layer layer) {
        this.layer = layer;
    }

    /** Returns the rows of a selection; empty where what is written hangs on its constants. */
    public Optional<RowCursor> select(Selection selection) {
        Optional<ParameterizedSelection> skeleton = ParameterizedSelection.of(selection);
        return skeleton.isEmpty()
                ? Optional.empty()
                : Optional.of(compiled(skeleton.get().selection())
                        .select(skeleton.get().constants().toArray()));
    }

    private CompiledSelection compiled(Selection bare) {
        CompiledSelection known = written.get(bare);
        if (known != null) {
            return known;
        }
        CompiledSelection compiled = layer.compile(bare);
        if (written.size() >= MOST) {
            written.clear();
        }
        written.put(bare, compiled);
        return compiled;
    }
}
