package dev.korm.jdbc.server;

import dev.korm.jdbc.session.Sessions;
import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.StorePlan;
import dev.korm.spi.query.Selection;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Reads how a server would answer a statement, with values in it that say nothing. */
public final class PlanReader {
    private final UnaryOperator<Object> neutral;

    /** @param neutral a value of the same type that says nothing */
    PlanReader(UnaryOperator<Object> neutral) {
        this.neutral = neutral;
    }

    StorePlan read(Sessions sessions, Selection selection, Sql sql) {
        List<String> steps = sessions.run("Explaining a selection from " + selection.from(), session -> {
            List<String> lines = new ArrayList<>();
            try (PreparedStatement statement = session.connection().prepareStatement("EXPLAIN " + sql.text())) {
                for (int i = 0; i < sql.slots().size(); i++) {
                    statement.setObject(i + 1, neutral(sql.slots().get(i)));
                }
                try (ResultSet rows = statement.executeQuery()) {
                    int columns = rows.getMetaData().getColumnCount();
                    while (rows.next()) {
                        StringBuilder line = new StringBuilder(String.valueOf(rows.getString(1)));
                        for (int column = 2; column <= columns; column++) {
                            line.append(" | ").append(rows.getString(column));
                        }
                        lines.add(line.toString());
                    }
                }
            }
            return lines;
        });
        return new StorePlan(sql.text(), sql.slots().size(), steps);
    }

    private Object neutral(BindParameter slot) {
        BindParameter.Conversion conversion = slot.conversion();
        if (conversion != null) {
            return neutral.apply(conversion.toDriver(
                    switch (slot.kind()) {
                        case INTEGER -> 1L;
                        case REAL -> 1.0;
                        case DECIMAL -> BigDecimal.ONE;
                        case BOOLEAN -> true;
                        case BYTES -> new byte[0];
                        default -> "";
                    }));
        }
        Object value = slot.value();
        return value == null ? "" : neutral.apply(value);
    }

    /** Returns a value of the same type that says nothing, for the types that every driver binds. */
    public static Object neutral(Object value) {
        if (value instanceof Long) {
            return 1L;
        }
        if (value instanceof Double) {
            return 1.0;
        }
        if (value instanceof BigDecimal) {
            return BigDecimal.ONE;
        }
        if (value instanceof byte[]) {
            return new byte[0];
        }
        return value instanceof Boolean ? value : "";
    }
}
