package dev.korm.jdbc.sql.text;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The text of a statement and what belongs to its placeholders, in their order. */
public record Sql(String text, List<BindParameter> slots) {
    private static final Object[] NO_CONSTANTS = new Object[0];

    public Sql {
        slots = List.copyOf(slots);
    }

    /** Returns a statement with constants for its placeholders. */
    public static Sql of(String text, Object... values) {
        return new Sql(text, Stream.of(values).map(BindParameter::fixed).toList());
    }

    public void bind(PreparedStatement statement) throws SQLException {
        bind(statement, 1, NO_CONSTANTS);
    }

    /** Binds to the placeholders from {@code first} on. */
    public void bind(PreparedStatement statement, int first, Object[] constants) throws SQLException {
        int position = first;
        for (BindParameter slot : slots) {
            @Nullable Object value = slot.resolve(constants);
            statement.setObject(position, value);
            position++;
        }
    }
}
