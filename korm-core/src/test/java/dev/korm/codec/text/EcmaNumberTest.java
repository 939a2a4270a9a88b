package dev.korm.codec.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcmaNumberTest {
    @ParameterizedTest
    @CsvSource({
        "1e21, 1e+21",
        "1e-7, 1e-7",
        "123456789012345680000, 123456789012345680000",
        "0.30000000000000004, 0.30000000000000004",
        "-0.0, 0",
        "5e-324, 5e-324",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "100, 100",
        "1.23e-18, 1.23e-18",
        "1e20, 100000000000000000000",
        "1.5e300, 1.5e+300",
        "0.000001, 0.000001",
        "4.35, 4.35",
        "-1.5, -1.5",
        "9007199254740993, 9007199254740992",
        "1e23, 1e+23",
        "9.5e-7, 9.5e-7",
        "1e-323, 1e-323",
        "1.5e-323, 1.5e-323",
        "2e-323, 2e-323",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
        "5.684341886080802e-14, 5.684341886080802e-14",
        "8.41e21, 8.41e+21",
        "2e-3, 0.002",
        "123.456, 123.456",
        "1152921504606846976, 1152921504606847000",
    })
    void numbers_print_as_ecmascript_prints_them(double number, String text) {
        assertThat(EcmaNumber.text(number)).isEqualTo(text);
    }

    @Test
    void the_digits_are_the_shortest_and_of_those_the_nearest() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            double number = i % 2 == 0
                    ? Double.longBitsToDouble(random.nextLong())
                    : random.nextInt(100_000) / Math.pow(10, random.nextInt(12));
            if (i % 50 == 0) {
                number = Double.longBitsToDouble(random.nextInt(2000));
            }
            if (!Double.isFinite(number) || number == 0) {
                continue;
            }
            String text = EcmaNumber.text(number);
            assertThat(new BigDecimal(text)).as("seed %d, %s", seed, number).isEqualByComparingTo(shortest(number));
            assertThat(Double.parseDouble(text)).isEqualTo(number);
        }
    }

    /** Every number of digits is tried, the fewest first, and both neighbours of the exact value; of two as near, the even. */
    private static BigDecimal shortest(double number) {
        BigDecimal exact = new BigDecimal(number);
        for (int digits = 1; digits <= 17; digits++) {
            BigDecimal down = exact.round(new MathContext(digits, RoundingMode.DOWN));
            BigDecimal up = exact.round(new MathContext(digits, RoundingMode.UP));
            boolean downReads = down.doubleValue() == number;
            boolean upReads = up.doubleValue() == number;
            if (downReads && upReads) {
                int nearer =
                        exact.subtract(down).abs().compareTo(up.subtract(exact).abs());
                boolean evenDown = !down.unscaledValue().testBit(0);
                return nearer < 0 || (nearer == 0 && evenDown) ? down : up;
            }
            if (downReads || upReads) {
                return downReads ? down : up;
            }
        }
        throw new AssertionError(number);
    }

    @Test
    void what_is_no_number_has_no_text() {
        assertThatThrownBy(() -> EcmaNumber.text(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }
}
