package dev.korm.jdbc.number;

import dev.korm.spi.query.Condition;
import java.math.BigDecimal;

/**
 * The doubles that compare so with a number, as the least and the greatest of them; where there are none, the least is above the
 * greatest.
 */
public record RealRange(double least, double greatest) {
    private static final RealRange NONE = new RealRange(1, 0);

    /** Returns the range of a comparison; of NOT_EQUAL the values that are equal. */
    public static RealRange of(Condition.Comparison comparison, Object constant) {
        BigDecimal exact = Decimals.exact(constant);
        double floor = floor(exact);
        double ceiling = -floor(exact.negate());
        boolean itself = floor == ceiling;
        return switch (comparison) {
            case EQUAL, NOT_EQUAL -> itself ? new RealRange(floor, floor) : NONE;
            case LESS -> upTo(itself ? Math.nextDown(floor) : floor);
            case LESS_OR_EQUAL -> upTo(floor);
            case GREATER -> from(itself ? Math.nextUp(ceiling) : ceiling);
            case GREATER_OR_EQUAL -> from(ceiling);
        };
    }

    private static RealRange upTo(double greatest) {
        return Double.isInfinite(greatest) ? NONE : new RealRange(-Double.MAX_VALUE, greatest);
    }

    private static RealRange from(double least) {
        return Double.isInfinite(least) ? NONE : new RealRange(least, Double.MAX_VALUE);
    }

    /** Returns the greatest finite double that is not above the number; negative infinity when there is none. */
    private static double floor(BigDecimal number) {
        double nearest = number.doubleValue();
        if (Double.isInfinite(nearest)) {
            return nearest > 0 ? Double.MAX_VALUE : nearest;
        }
        return new BigDecimal(nearest).compareTo(number) > 0 ? Math.nextDown(nearest) : nearest;
    }
}
