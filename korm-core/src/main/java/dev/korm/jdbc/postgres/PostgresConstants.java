package dev.korm.jdbc.postgres;

import dev.korm.jdbc.number.Decimals;
import dev.korm.jdbc.number.JsonTexts;
import dev.korm.jdbc.sql.ColumnReader;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.util.PGobject;

/** Constants as PostgreSQL compares them exactly: of the type beside them, or on the same side of all of its values. */
final class PostgresConstants {
    private PostgresConstants() {}

    /** Returns the value to bind beside {@link PostgresDialect#comparable}; see {@link Dialect#constant}. */
    static Object beside(Operand operand, Condition.Comparison comparison, Object constant) {
        boolean json = ColumnReader.isJson(operand);
        return switch (operand.kind()) {
            case INTEGER -> {
                if (constant instanceof Long && !json) {
                    yield constant;
                }
                BigDecimal exact = Decimals.exact(constant);
                yield json ? jsonNumber(exact, comparison) : whole(exact, comparison);
            }
            case REAL -> {
                BigDecimal exact = Decimals.exact(constant);
                yield json ? jsonNumber(exact, comparison) : real(exact, comparison);
            }
            case DECIMAL -> decimal(Decimals.exact(constant), comparison);
            case JSON, ENCRYPTED -> jsonb(JsonTexts.wellFormed((String) constant));
            case BYTES ->
                constant instanceof byte[] bytes && json ? Base64.getEncoder().encodeToString(bytes) : constant;
            case BOOLEAN, ID, TEXT, RN, FINGERPRINT, OTHER -> constant;
        };
    }

    /**
     * Converts a constant beside 64-bit whole numbers: to one of them wherever possible, since an index serves only its
     * own type.
     */
    private static Object whole(BigDecimal exact, Condition.Comparison comparison) {
        if (exact.precision() - (long) exact.scale() > 20) {
            return decimal(exact, comparison);
        }
        Object floor = Decimals.floor(exact);
        boolean isWhole =
                floor instanceof Long whole && BigDecimal.valueOf(whole).compareTo(exact) == 0;
        return isWhole ? floor : decimal(exact, comparison);
    }

    /** Converts a constant beside doubles: to a double on the same side of every double. */
    private static Object real(BigDecimal exact, Condition.Comparison comparison) {
        double nearest = exact.doubleValue();
        int side = Double.isInfinite(nearest) ? Double.compare(nearest, 0) : new BigDecimal(nearest).compareTo(exact);
        return switch (comparison) {
            case EQUAL, NOT_EQUAL -> side == 0 ? nearest : Double.NaN;
            case LESS, GREATER_OR_EQUAL -> side < 0 ? Math.nextUp(nearest) : nearest;
            case LESS_OR_EQUAL, GREATER -> side > 0 ? Math.nextDown(nearest) : nearest;
        };
    }

    /** Converts a constant beside {@link PostgresJson#number}. */
    private static Object jsonNumber(BigDecimal exact, Condition.Comparison comparison) {
        return switch (comparison) {
            case LESS, GREATER_OR_EQUAL -> written(Decimals.ceiling(exact));
            case LESS_OR_EQUAL, GREATER -> written(Decimals.floor(exact));
            case EQUAL, NOT_EQUAL -> {
                Object floor = Decimals.floor(exact);
                boolean same = !floor.equals(Double.NEGATIVE_INFINITY)
                        && Decimals.exact(floor).compareTo(exact) == 0;
                yield same ? written(floor) : numeric("NaN");
            }
        };
    }

    private static Object written(Object number) {
        if (number instanceof Long whole) {
            return BigDecimal.valueOf(whole);
        }
        double real = (Double) number;
        if (Double.isInfinite(real)) {
            return numeric(real > 0 ? "Infinity" : "-Infinity");
        }
        return Decimals.shortest(real);
    }

    /** Converts a constant beside {@code numeric}, which has bounds. */
    private static Object decimal(BigDecimal exact, Condition.Comparison comparison) {
        return switch (Decimals.fitsNumeric(exact)) {
            case FITS -> exact;
            case TOO_LARGE -> numeric(exact.signum() > 0 ? "Infinity" : "-Infinity");
            case TOO_FINE ->
                switch (comparison) {
                    case EQUAL, NOT_EQUAL -> numeric("NaN");
                    case LESS, GREATER_OR_EQUAL -> Decimals.ceilingNumeric(exact);
                    case LESS_OR_EQUAL, GREATER -> Decimals.floorNumeric(exact);
                };
        };
    }

    private static PGobject numeric(String text) {
        return object("numeric", text);
    }

    static PGobject untyped(String text) {
        return object("unknown", text);
    }

    /** Returns the texts of constants by the types that they have. */
    static Map<String, List<String>> arrays(List<Object> constants) {
        Map<String, List<String>> arrays = new LinkedHashMap<>();
        for (Object constant : constants) {
            arrays.computeIfAbsent(type(constant), any -> new ArrayList<>()).add(text(constant));
        }
        return arrays;
    }

    private static String type(Object constant) {
        if (constant instanceof PGobject object) {
            return object.getType();
        }
        if (constant instanceof Long) {
            return "bigint";
        }
        if (constant instanceof Double) {
            return "double precision";
        }
        if (constant instanceof BigDecimal) {
            return "numeric";
        }
        if (constant instanceof Boolean) {
            return "boolean";
        }
        return constant instanceof byte[] ? "bytea" : "text";
    }

    private static String text(Object constant) {
        if (constant instanceof byte[] bytes) {
            return "\\x" + HexFormat.of().formatHex(bytes);
        }
        return constant instanceof PGobject object ? String.valueOf(object.getValue()) : constant.toString();
    }

    static PGobject jsonb(String text) {
        return object("jsonb", text);
    }

    private static PGobject object(String type, String text) {
        try {
            PGobject object = new PGobject();
            object.setType(type);
            object.setValue(text);
            return object;
        } catch (SQLException never) {
            throw new IllegalStateException(never);
        }
    }
}
