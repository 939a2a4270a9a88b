package dev.korm.jdbc.sql.text;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import org.jspecify.annotations.Nullable;

/**
 * A value bound to one placeholder of a statement: known when the statement is written, or the constant at some index
 * when it is executed.
 */
public record BindParameter(
        @Nullable Object value,
        int index,
        ColumnKind kind,
        @Nullable Conversion conversion) {
    /** From the class that a kind names to one that the driver binds. */
    public interface Conversion {
        @Nullable Object toDriver(Object constant);
    }

    public static BindParameter fixed(@Nullable Object value) {
        return new BindParameter(value, -1, ColumnKind.OTHER, null);
    }

    /** @param kind what the constant is; see {@link dev.korm.spi.query.Condition.Parameter} */
    static BindParameter given(int index, ColumnKind kind, Conversion conversion) {
        return new BindParameter(null, index, kind, conversion);
    }

    /** @param constant the constant, or the {@link Condition.Parameter} that stands for it */
    public static BindParameter of(Object constant, Conversion conversion) {
        return constant instanceof Condition.Parameter parameter
                ? given(parameter.index(), parameter.kind(), conversion)
                : fixed(conversion.toDriver(constant));
    }

    @Nullable Object resolve(Object[] constants) {
        return conversion == null ? value : conversion.toDriver(constants[index]);
    }
}
