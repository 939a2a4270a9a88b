package dev.korm.engine.reference;

import dev.korm.engine.context.ItemKey;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Items as they are asked for: the ids of one table together, so many at once as a statement takes. */
final class KeysByTable {
    private static final int CHUNK = 500;
    /** What a condition on a reference needs beside the ids. */
    private static final int CONSTANTS = 4;

    private KeysByTable() {}

    /** Returns the ids by layer and table. */
    static Map<String, Map<TableName, List<String>>> of(Collection<ItemKey> keys) {
        Map<String, Map<TableName, List<String>>> byTable = new LinkedHashMap<>();
        for (ItemKey key : keys) {
            byTable.computeIfAbsent(key.layer(), any -> new LinkedHashMap<>())
                    .computeIfAbsent(key.table(), any -> new ArrayList<>())
                    .add(key.id());
        }
        return byTable;
    }

    /**
     * Returns ids in lists that each fit into a statement.
     *
     * @param places how often the statement names each id
     */
    static List<List<String>> chunks(OpenLayer layer, int places, List<String> ids) {
        int limit = layer.store().capabilities().parameterLimit();
        int most = Math.max(1, Math.min(CHUNK, limit / places - CONSTANTS));
        List<List<String>> chunks = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += most) {
            chunks.add(ids.subList(from, Math.min(ids.size(), from + most)));
        }
        return chunks;
    }
}
