package dev.korm.jdbc.server;

import dev.korm.jdbc.session.Sessions;
import dev.korm.spi.RowCursor;
import org.jspecify.annotations.Nullable;

/** Rows that end with the layer, also those that the driver holds already. */
final class LayerCursor implements RowCursor {
    private final Sessions sessions;
    private final RowCursor rows;

    LayerCursor(Sessions sessions, RowCursor rows) {
        this.sessions = sessions;
        this.rows = rows;
    }

    @Override
    public boolean next() {
        if (sessions.isClosed()) {
            rows.close();
            throw sessions.closedLayer();
        }
        return rows.next();
    }

    @Override
    public @Nullable Object get(int column) {
        return rows.get(column);
    }

    @Override
    public void close() {
        rows.close();
    }
}
