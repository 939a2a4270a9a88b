package dev.korm.jdbc.session;

import dev.korm.ClosedException;
import dev.korm.spi.RowCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows that were read already. */
public final class ListCursor implements RowCursor {
    private final List<@Nullable Object[]> rows;
    private int position = -1;
    private boolean closed;

    private ListCursor(List<@Nullable Object[]> rows) {
        this.rows = rows;
    }

    /** Reads all rows of another cursor. */
    public static ListCursor of(RowCursor source, int columns) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        while (source.next()) {
            @Nullable Object[] row = new @Nullable Object[columns];
            for (int i = 0; i < columns; i++) {
                row[i] = source.get(i);
            }
            rows.add(row);
        }
        return new ListCursor(rows);
    }

    public int size() {
        return rows.size();
    }

    @Override
    public boolean next() {
        if (closed) {
            throw new ClosedException("The rows were closed; ask again");
        }
        position = Math.min(position + 1, rows.size());
        return position < rows.size();
    }

    @Override
    public @Nullable Object get(int column) {
        if (closed || position < 0 || position >= rows.size()) {
            throw new IllegalStateException("There is no row at hand");
        }
        return rows.get(position)[column];
    }

    @Override
    public void close() {
        closed = true;
    }
}
