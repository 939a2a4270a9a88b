package dev.korm.examples.wildlife;

import dev.korm.Indexed;
import dev.korm.Stored;
import java.util.Optional;

/**
 * An airport.
 *
 * @param city empty where the file says {@code NA}
 * @param state the postal code of a state of the USA; empty where the file says {@code NA}
 */
@Stored(namespace = "wildlife", kind = "airport")
record Airport(
        @Indexed String iata,
        String name,
        Optional<String> city,
        @Indexed Optional<String> state,
        String country,
        double latitude,
        double longitude) {
    static Airport of(CsvLine line) {
        return new Airport(
                line.text("iata"),
                line.text("name"),
                line.textUnless("city", "NA"),
                line.textUnless("state", "NA"),
                line.text("country"),
                line.decimal("latitude"),
                line.decimal("longitude"));
    }
}
