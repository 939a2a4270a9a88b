package dev.korm.engine.relocate;

import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The columns of rows with another behind them: one list for all rows of one shape, however many lists name it. For one thread. */
final class LongerColumns {
    /** So many shapes are remembered, which documents may have any number of; then all are forgotten. */
    private static final int MOST = 256;

    private final ColumnSchema behind;
    private final Map<List<ColumnSchema>, List<ColumnSchema>> known = new HashMap<>();

    LongerColumns(ColumnSchema behind) {
        this.behind = behind;
    }

    List<ColumnSchema> of(List<ColumnSchema> columns) {
        List<ColumnSchema> longer = known.get(columns);
        if (longer == null) {
            List<ColumnSchema> all = new ArrayList<>(columns);
            all.add(behind);
            longer = List.copyOf(all);
            if (known.size() >= MOST) {
                known.clear();
            }
            known.put(columns, longer);
        }
        return longer;
    }
}
