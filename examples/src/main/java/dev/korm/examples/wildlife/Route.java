package dev.korm.examples.wildlife;

import dev.korm.Indexed;
import dev.korm.Rn;
import dev.korm.Stored;

/**
 * A connection between two airports.
 *
 * @param flights how many in the year 2008
 */
@Stored(namespace = "wildlife", kind = "route")
record Route(@Indexed Rn<Airport> origin, Rn<Airport> destination, int flights) {
    static Route of(CsvLine line, AirportDirectory airports) {
        return new Route(
                airports.byCode(line.text("origin")),
                airports.byCode(line.text("destination")),
                line.wholeNumber("count"));
    }
}
