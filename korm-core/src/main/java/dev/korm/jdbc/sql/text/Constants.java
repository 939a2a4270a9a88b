package dev.korm.jdbc.sql.text;

import dev.korm.spi.query.Operand;
import java.util.function.Consumer;

/** Constants that stand for a null, as SQL. */
public final class Constants {
    private Constants() {}

    /**
     * Writes the constant, which is null where its witness is.
     *
     * @param value writes an operand's value
     * @param bound writes the constant itself
     */
    public static void write(SqlWriter sql, Operand.Constant constant, Consumer<Operand> value, Runnable bound) {
        Operand witness = constant.witness();
        if (witness == null) {
            bound.run();
            return;
        }
        sql.add("CASE WHEN ");
        value.accept(witness);
        sql.add(" IS NULL THEN NULL ELSE ");
        bound.run();
        sql.add(" END");
    }
}
