package dev.korm.benchmarks.rival;

import dev.korm.Indexed;
import java.util.List;

/**
 * A car, as it is stored and read.
 *
 * @param lot ten cars share one
 * @param bucket every hundredth car has the same
 */
public record Car(
        String make,
        String model,
        int built,
        double price,
        boolean registered,
        @Indexed long lot,
        int bucket) {
    private static final List<String> MAKES = List.of("Citroen", "Opel", "Volvo", "Fiat", "Tatra");

    /** Returns the car of that number. */
    public static Car number(int number) {
        return new Car(
                MAKES.get(number % MAKES.size()),
                "Model " + number,
                1980 + number % 45,
                9_999.5 + number,
                number % 3 == 0,
                number / 10,
                number % 100);
    }
}
