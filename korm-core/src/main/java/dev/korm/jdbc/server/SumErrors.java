package dev.korm.jdbc.server;

import dev.korm.KormException;
import dev.korm.ValueException;
import dev.korm.jdbc.number.Decimals;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import java.sql.SQLException;
import java.util.Optional;

/** Makes the error of a sum that does not fit its type. */
final class SumErrors {
    private SumErrors() {}

    /** Returns empty where the error is another one. */
    static Optional<KormException> of(String layer, Selection selection, SQLException error) {
        return Decimals.OUT_OF_RANGE.equals(error.getSQLState()) && sumsWholeNumbers(selection)
                ? Optional.of(new ValueException(
                        "A sum over table " + selection.from() + " in layer " + layer
                                + " is beyond 64 bits. Sum a field of type BigDecimal or double, or fewer items",
                        error))
                : Optional.empty();
    }

    private static boolean sumsWholeNumbers(Selection selection) {
        return selection.outputs().stream()
                .anyMatch(output -> output instanceof Output.Aggregate aggregate
                        && aggregate.function() == Output.Function.SUM
                        && aggregate.operand().kind() == ColumnKind.INTEGER);
    }
}
