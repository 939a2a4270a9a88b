package dev.korm.jdbc.number;

import dev.korm.spi.query.Condition;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The 64-bit whole numbers that compare so with a number, as the least and the greatest of them; where there are none, the least
 * is above the greatest.
 */
public record WholeRange(long least, long greatest) {
    private static final WholeRange NONE = new WholeRange(1, 0);
    private static final BigDecimal MIN = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    /** Returns the range of a comparison; of NOT_EQUAL the values that are equal. */
    public static WholeRange of(Condition.Comparison comparison, Object constant) {
        if (constant instanceof Long whole) {
            return of(comparison, whole, whole);
        }
        BigDecimal exact = Decimals.exact(constant);
        // Compared first, since a number like 1e999999999 has too many digits to be written out.
        if (exact.compareTo(MAX) > 0 || exact.compareTo(MIN) < 0) {
            boolean all =
                    switch (comparison) {
                        case EQUAL, NOT_EQUAL -> false;
                        case LESS, LESS_OR_EQUAL -> exact.signum() > 0;
                        case GREATER, GREATER_OR_EQUAL -> exact.signum() < 0;
                    };
            return all ? new WholeRange(Long.MIN_VALUE, Long.MAX_VALUE) : NONE;
        }
        boolean small = exact.precision() - (long) exact.scale() <= 0;
        long floor = small
                ? (exact.signum() < 0 ? -1 : 0)
                : exact.setScale(0, RoundingMode.FLOOR).longValueExact();
        boolean whole = BigDecimal.valueOf(floor).compareTo(exact) == 0;
        return of(comparison, floor, whole ? floor : floor + 1);
    }

    private static WholeRange of(Condition.Comparison comparison, long floor, long ceiling) {
        boolean itself = floor == ceiling;
        return switch (comparison) {
            case EQUAL, NOT_EQUAL -> itself ? new WholeRange(floor, floor) : NONE;
            case LESS ->
                itself && floor == Long.MIN_VALUE ? NONE : new WholeRange(Long.MIN_VALUE, itself ? floor - 1 : floor);
            case LESS_OR_EQUAL -> new WholeRange(Long.MIN_VALUE, floor);
            case GREATER ->
                itself && ceiling == Long.MAX_VALUE
                        ? NONE
                        : new WholeRange(itself ? ceiling + 1 : ceiling, Long.MAX_VALUE);
            case GREATER_OR_EQUAL -> new WholeRange(ceiling, Long.MAX_VALUE);
        };
    }
}
