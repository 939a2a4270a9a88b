package dev.korm.examples.wildlife;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The airports of the database, by code and by name, so that the lines of other files can refer to them. */
final class AirportDirectory {
    private final Map<String, Rn<Airport>> byCode = new HashMap<>();
    private final AirportNames<Rn<Airport>> names = new AirportNames<>();

    private AirportDirectory() {}

    static AirportDirectory read(Pool pool) {
        AirportDirectory directory = new AirportDirectory();
        Query<Airport> all = Korm.item(Airport.class, pool).query();
        try (Stream<Item<Airport>> airports = all.stream()) {
            airports.forEach(directory::add);
        }
        return directory;
    }

    private void add(Item<Airport> item) {
        Airport airport = item.data();
        byCode.put(airport.iata(), item.rn());
        names.add(airport.name(), airport.city().orElse(""), airport.state().orElse(""), item.rn());
    }

    /**
     * Returns the airport of a code.
     *
     * @throws BadLineException when there is none
     */
    Rn<Airport> byCode(String iata) {
        Rn<Airport> airport = byCode.get(iata);
        if (airport == null) {
            throw new BadLineException("there is no airport with the code \"" + iata + "\"");
        }
        return airport;
    }

    /** Returns the airport of a name, if it is clear which one is meant. */
    Optional<Rn<Airport>> byName(String name, String stateName) {
        return names.find(name, stateName);
    }
}
