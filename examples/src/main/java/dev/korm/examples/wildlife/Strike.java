package dev.korm.examples.wildlife;

import dev.korm.Indexed;
import dev.korm.Rn;
import dev.korm.Stored;
import java.time.LocalDate;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An aircraft that met an animal.
 *
 * @param airport empty when none of the list has the airport's name
 * @param airportName as reported: upper case, abbreviated
 * @param stateName the state as reported: its name, not its postal code
 * @param costs in US dollars
 * @param speed in knots, where it is known
 */
@Stored(namespace = "wildlife", kind = "strike")
record Strike(
        @Indexed Optional<Rn<Airport>> airport,
        String airportName,
        String stateName,
        String aircraft,
        String operator,
        @Indexed LocalDate date,
        String damage,
        String phase,
        String species,
        Size size,
        String timeOfDay,
        Costs costs,
        OptionalInt speed) {
    /** The size of the animal. */
    enum Size {
        SMALL,
        MEDIUM,
        LARGE
    }

    /** The costs, in US dollars. */
    record Costs(long repair, long other, long total) {}

    static Strike of(CsvLine line, AirportDirectory airports) {
        String airportName = line.text("Airport Name");
        String stateName = line.text("Origin State");
        return new Strike(
                airports.byName(airportName, stateName),
                airportName,
                stateName,
                line.text("Aircraft Make Model"),
                line.text("Aircraft Airline Operator"),
                line.date("Flight Date"),
                line.text("Effect Amount of damage"),
                line.text("Phase of flight"),
                line.text("Wildlife Species"),
                line.oneOf("Wildlife Size", Size.class),
                line.text("Time of day"),
                new Costs(
                        line.wholeNumber("Cost Repair"),
                        line.wholeNumber("Cost Other"),
                        line.wholeNumber("Cost Total $")),
                line.wholeNumberIfAny("Speed IAS in knots"));
    }
}
