package dev.korm.kalam.live;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.sql.SeqId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Options of a subscription: what it begins with. */
public final class SubscriptionOptions {
    private static final int MAX_BATCH = 999;

    private final boolean isSnapshot;
    private final int batchSize;
    private final int lastRows;
    private final @Nullable SeqId from;

    private SubscriptionOptions(boolean isSnapshot, int batchSize, int lastRows, @Nullable SeqId from) {
        if (batchSize < 1 || batchSize > MAX_BATCH) {
            throw new IllegalArgumentException("A batch has 1 to " + MAX_BATCH
                    + " rows: the server ends larger ones after 1,000 rows without notice");
        }
        if (lastRows < 0 || lastRows > batchSize) {
            throw new IllegalArgumentException("The last rows are at most as many as a batch has");
        }
        this.isSnapshot = isSnapshot;
        this.batchSize = batchSize;
        this.lastRows = lastRows;
        this.from = from;
    }

    /** Returns that nothing comes before the first change. */
    public static SubscriptionOptions changesOnly() {
        return new SubscriptionOptions(false, MAX_BATCH, 0, null);
    }

    /**
     * Returns that the rows come first, in batches of 999. The server loses and repeats rows when there are several batches, unless the order of the
     * primary key is that of the writes; {@link LiveRows} does not.
     */
    public static SubscriptionOptions snapshot() {
        return new SubscriptionOptions(true, MAX_BATCH, 0, null);
    }

    /** Returns this with batches of so many rows. */
    public SubscriptionOptions batchSize(int rows) {
        return new SubscriptionOptions(true, rows, lastRows, from);
    }

    /** Returns this with so many of the newest rows alone, in the order in which the server sends them: newest first since 0.4.3, and last before. */
    public SubscriptionOptions lastRows(int rows) {
        return new SubscriptionOptions(true, batchSize, rows, from);
    }

    /** Returns this with the rows behind a version alone; deleted ones do not come. */
    public SubscriptionOptions from(SeqId version) {
        requireNonNull(version, "version");
        return new SubscriptionOptions(true, batchSize, lastRows, version);
    }

    boolean isSnapshot() {
        return isSnapshot;
    }

    /** Returns the options of the message, resumed behind a version if there is one. */
    @Nullable Map<String, Object> json(@Nullable SeqId resumed) {
        if (!isSnapshot) {
            return null;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("batch_size", batchSize);
        SeqId start = resumed == null ? from : resumed;
        if (start != null) {
            json.put("from", start.value());
        } else if (lastRows > 0) {
            json.put("last_rows", lastRows);
        }
        return json;
    }
}
