package dev.korm.kalam.layer;

import dev.korm.ClosedException;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The rows of an answer, asked for as they are read. Between pages nothing is held open on the server. */
final class KalamCursor implements RowCursor {
    private final String layer;
    private final BooleanSupplier isClosed;
    private final Iterator<Row> rows;
    private @Nullable Row row;
    private boolean done;

    KalamCursor(String layer, BooleanSupplier isClosed, Iterator<Row> rows) {
        this.layer = layer;
        this.isClosed = isClosed;
        this.rows = rows;
    }

    @Override
    public boolean next() {
        if (isClosed.getAsBoolean()) {
            throw new ClosedException("The layer \"" + layer + "\" is closed");
        }
        row = !done && rows.hasNext() ? rows.next() : null;
        return row != null;
    }

    @Override
    public @Nullable Object get(int column) {
        if (row == null) {
            throw new IllegalStateException("The cursor stands on no row");
        }
        return row.get(column);
    }

    @Override
    public void close() {
        done = true;
        row = null;
    }
}
