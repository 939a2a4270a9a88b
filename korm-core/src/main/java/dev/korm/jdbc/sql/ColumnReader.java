package dev.korm.jdbc.sql;

import dev.korm.jdbc.number.Decimals;
import dev.korm.jdbc.number.JsonTexts;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.TableName;
import java.math.BigDecimal;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reader of result columns: makes a value of the class that the {@link ColumnKind} names. A value that is not of the
 * kind, because another program put it there, is answered as it is; it is never bent into the kind.
 */
public enum ColumnReader {
    /** From a column that can hold nothing but text. */
    TEXT,
    INTEGER {
        @Override
        public @Nullable Object read(ResultSet row, int column) throws SQLException {
            Object value = row.getObject(column);
            if (value instanceof Integer number) {
                return number.longValue();
            }
            return value instanceof BigDecimal number ? plain(number) : value;
        }
    },
    /** korm's own numbers, which are compared and not shown: their kind is not asked for, which SQLite answers by a call of its own for each value. */
    REVISION {
        @Override
        public @Nullable Object read(ResultSet row, int column) throws SQLException {
            long revision;
            try {
                revision = row.getLong(column);
            } catch (SQLException noNumber) {
                return INTEGER.read(row, column);
            }
            return revision == 0 && row.wasNull() ? null : (Object) revision;
        }
    },
    /** A sum that has to be a 64-bit whole number. */
    WHOLE_SUM {
        @Override
        public @Nullable Object read(ResultSet row, int column) throws SQLException {
            Object value = row.getObject(column);
            if (value instanceof BigDecimal sum
                    && sum.signum() != 0
                    && sum.toBigInteger().bitLength() >= Long.SIZE) {
                throw new SQLException("The sum is beyond 64 bits", Decimals.OUT_OF_RANGE);
            }
            return value instanceof BigDecimal || value instanceof Integer
                    ? (Object) ((Number) value).longValue()
                    : value;
        }
    },
    REAL {
        @Override
        public @Nullable Object read(ResultSet row, int column) throws SQLException {
            Object value = row.getObject(column);
            return value instanceof Number number && !(value instanceof Double) ? number.doubleValue() : value;
        }
    },
    BOOLEAN {
        @Override
        public @Nullable Object read(ResultSet row, int column) throws SQLException {
            Object value = row.getObject(column);
            return value instanceof Number number ? (Object) (number.doubleValue() != 0) : value;
        }
    },
    DECIMAL {
        @Override
        public @Nullable Object read(ResultSet row, int column) throws SQLException {
            Object value = row.getObject(column);
            if (value instanceof String || value instanceof Number) {
                BigDecimal decimal = Decimals.parse(value.toString());
                return decimal == null ? value : decimal;
            }
            return value;
        }
    },
    /** Bytes, or whatever else there is. */
    OTHER {
        @Override
        public @Nullable Object read(ResultSet row, int column) throws SQLException {
            Object value = row.getObject(column);
            if (value instanceof Blob) {
                return row.getBytes(column);
            }
            return value instanceof Integer number ? (Object) number.longValue() : value;
        }
    },
    /** Bytes in a JSON text. */
    BASE64 {
        @Override
        public @Nullable Object read(ResultSet row, int column) throws SQLException {
            String text = row.getString(column);
            if (text == null) {
                return null;
            }
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException noBase64) {
                return text;
            }
        }
    },
    /** Any scalar, written as JSON. */
    SCALAR {
        @Override
        public @Nullable Object read(ResultSet row, int column) throws SQLException {
            String text = row.getString(column);
            return text == null ? null : JsonTexts.scalar(text);
        }
    };

    /**
     * Reads from the row at hand; a text where a constant says nothing else, since most columns hold texts and each body is a class to load.
     *
     * @param column from 1
     */
    public @Nullable Object read(ResultSet row, int column) throws SQLException {
        return row.getString(column);
    }

    /** Returns a number inside JSON: the 64-bit whole number that is written, or the nearest double. */
    private static Object plain(BigDecimal number) {
        return number.scale() == 0 && number.unscaledValue().bitLength() < Long.SIZE
                ? (Object) number.longValue()
                : (Object) number.doubleValue();
    }

    public static ColumnReader[] of(List<Output> outputs) {
        ColumnReader[] readings = new ColumnReader[outputs.size()];
        for (int i = 0; i < readings.length; i++) {
            readings[i] = of(outputs.get(i));
        }
        return readings;
    }

    private static ColumnReader of(Output output) {
        boolean json = (output instanceof Output.Value value && isJson(value.operand()))
                || (output instanceof Output.Aggregate aggregate && isJson(aggregate.operand()));
        boolean wholeSum = output instanceof Output.Aggregate aggregate
                && aggregate.function() == Output.Function.SUM
                && aggregate.operand().kind() == ColumnKind.INTEGER
                && !json;
        return wholeSum ? WHOLE_SUM : isRevision(output) ? REVISION : of(output.kind(), json);
    }

    private static boolean isRevision(Output output) {
        return output instanceof Output.Value value
                && value.operand() instanceof Operand.Column column
                && column.kind() == ColumnKind.INTEGER
                && column.name().equals(TableName.REVISION);
    }

    private static ColumnReader of(ColumnKind kind, boolean insideJson) {
        return switch (kind) {
            case ID, TEXT, JSON, RN, ENCRYPTED, FINGERPRINT -> TEXT;
            case INTEGER -> INTEGER;
            case REAL -> REAL;
            case BOOLEAN -> BOOLEAN;
            case DECIMAL -> DECIMAL;
            case BYTES -> insideJson ? BASE64 : OTHER;
            case OTHER -> insideJson ? SCALAR : OTHER;
        };
    }

    /**
     * Returns whether the operand's values are those of JSON if there are any, so that no column has a say in their
     * type.
     */
    public static boolean isScalar(Operand operand) {
        if (operand instanceof Operand.Coalesce firstOf) {
            return firstOf.operands().stream().allMatch(ColumnReader::isScalar);
        }
        return operand instanceof Operand.Json
                || operand instanceof Operand.Absent
                || operand instanceof Operand.Constant;
    }

    /** Returns whether the operand's values come out of a JSON text, where some kinds have another form. */
    public static boolean isJson(Operand operand) {
        if (operand instanceof Operand.Coalesce firstOf) {
            return firstOf.operands().stream().anyMatch(ColumnReader::isJson);
        }
        return operand instanceof Operand.Json;
    }
}
