package dev.korm.engine.federation;

import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A cursor over rows that were made in memory. For one thread. */
public final class StreamCursor implements RowCursor {
    private final Stream<Row> stream;
    private final Iterator<Row> rows;
    private final Runnable end;
    private @Nullable Row row;

    /** @param end ends what the rows are made of */
    public StreamCursor(Stream<Row> stream, Runnable end) {
        this.stream = stream;
        this.rows = stream.iterator();
        this.end = end;
    }

    @Override
    public boolean next() {
        row = rows.hasNext() ? rows.next() : null;
        return row != null;
    }

    @Override
    public @Nullable Object get(int column) {
        if (row == null) {
            throw new IllegalStateException("There is no row at hand");
        }
        return row.get(column);
    }

    @Override
    public void close() {
        try {
            stream.close();
        } finally {
            end.run();
        }
    }
}
