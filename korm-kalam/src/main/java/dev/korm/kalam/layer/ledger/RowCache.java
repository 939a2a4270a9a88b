package dev.korm.kalam.layer.ledger;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows as they are at the newest commit that is known, those used last. Whoever uses it holds the ledger's monitor. */
final class RowCache {
    private static final long MOST_BYTES = 8_000_000;
    private static final int LARGEST = 64_000;
    private static final int OVERHEAD = 200;

    /** A row; without data where there is none of that name. */
    record Found(@Nullable RowData data) {}

    private final Map<RowKey, Found> rows = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    @Nullable Found get(RowKey key) {
        return rows.get(key);
    }

    void put(RowKey key, @Nullable RowData data) {
        remove(key);
        int size = size(data);
        if (size > LARGEST) {
            return;
        }
        rows.put(key, new Found(data));
        bytes += size;
        Iterator<Found> eldest = rows.values().iterator();
        while (bytes > MOST_BYTES && eldest.hasNext()) {
            bytes -= size(eldest.next().data());
            eldest.remove();
        }
    }

    void remove(RowKey key) {
        Found old = rows.remove(key);
        if (old != null) {
            bytes -= size(old.data());
        }
    }

    void clear() {
        rows.clear();
        bytes = 0;
    }

    private static int size(@Nullable RowData data) {
        return OVERHEAD + (data == null ? 0 : data.size());
    }
}
