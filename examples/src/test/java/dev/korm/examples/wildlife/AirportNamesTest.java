package dev.korm.examples.wildlife;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AirportNamesTest {
    /** Each name of the strikes' file, with the code looked up by hand. */
    private static final Map<String, String> BY_HAND = Map.ofEntries(
            Map.entry("ATLANTA INTL", "ATL"),
            Map.entry("ATLANTIC CITY INTL", "ACY"),
            Map.entry("AUSTIN-BERGSTROM INTL", "AUS"),
            Map.entry("BALTIMORE WASH INTL", "BWI"),
            Map.entry("BARKSDALE AIR FORCE BASE ARPT", "none"),
            Map.entry("CHARLESTON AFB/INTL ARPT", "CHS"),
            Map.entry("CHARLOTTE/DOUGLAS INTL ARPT", "CLT"),
            Map.entry("CHICAGO MIDWAY INTL ARPT", "MDW"),
            Map.entry("CHICAGO O'HARE INTL ARPT", "ORD"),
            Map.entry("CINCINNATI/NORTHERN KENTUCKY INTL ARPT", "CVG"),
            Map.entry("CLEVELAND-HOPKINS INTL ARPT", "CLE"),
            Map.entry("DALLAS/FORT WORTH INTL ARPT", "DFW"),
            Map.entry("DENVER INTL AIRPORT", "DEN"),
            Map.entry("DETROIT METRO WAYNE COUNTY ARPT", "DTW"),
            Map.entry("EPPLEY AIRFIELD", "OMA"),
            Map.entry("FORT LAUDERDALE/HOLLYWOOD INTL", "FLL"),
            Map.entry("GEORGE BUSH INTERCONTINENTAL", "IAH"),
            // Pittsburgh has several airports in the list, and none is called "Greater".
            Map.entry("GREATER PITTSBURGH", "none"),
            Map.entry("HONOLULU INTL ARPT", "HNL"),
            Map.entry("HOUSTON-HOBBY", "HOU"),
            Map.entry("INDIANAPOLIS INTL", "IND"),
            Map.entry("JOHN F KENNEDY INTL", "JFK"),
            Map.entry("KANSAS CITY INTL", "MCI"),
            Map.entry("LAGUARDIA NY", "LGA"),
            Map.entry("LAMBERT-ST LOUIS INTL", "STL"),
            Map.entry("LIHUE ARPT", "LIH"),
            Map.entry("LOGAN INTL", "BOS"),
            Map.entry("LOS ANGELES INTL", "LAX"),
            Map.entry("LOUISVILLE INTL ARPT", "SDF"),
            Map.entry("MEMPHIS INTL", "MEM"),
            Map.entry("METRO OAKLAND INTL", "OAK"),
            Map.entry("MINETA SAN JOSE INTL", "SJC"),
            Map.entry("MINNEAPOLIS-ST PAUL INTL", "MSP"),
            Map.entry("NASHVILLE INTL", "BNA"),
            Map.entry("NEW ORLEANS INTL", "MSY"),
            Map.entry("NEWARK LIBERTY INTL ARPT", "EWR"),
            Map.entry("ORLANDO INTL", "MCO"),
            Map.entry("PHILADELPHIA INTL", "PHL"),
            Map.entry("PHOENIX SKY HARBOR", "PHX"),
            Map.entry("PORT COLUMBUS INTL", "CMH"),
            Map.entry("PORTLAND INTL (OR)", "PDX"),
            Map.entry("RONALD REAGAN WASHINGTON NATL", "DCA"),
            Map.entry("SACRAMENTO INTL", "SMF"),
            Map.entry("SALT LAKE CITY INTL", "SLC"),
            Map.entry("SAN ANTONIO INTL", "SAT"),
            Map.entry("SAN FRANCISCO INTL ARPT", "SFO"),
            Map.entry("SEATTLE-TACOMA INTL", "SEA"),
            Map.entry("TETERBORO AIRPORT", "TEB"),
            Map.entry("WASHINGTON DULLES INTL ARPT", "IAD"),
            Map.entry("WILL ROGERS WORLD ARPT", "OKC"));

    private static final AirportNames<String> NAMES = new AirportNames<>();

    @BeforeAll
    static void read_the_airports() throws IOException {
        for (Map<String, String> airport : PlainCsv.read("airports.csv")) {
            NAMES.add(airport.get("name"), airport.get("city"), airport.get("state"), airport.get("iata"));
        }
    }

    @Test
    void every_name_of_the_strikes_is_the_airport_that_a_person_would_choose() throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (Map<String, String> strike : PlainCsv.read("birdstrikes.csv")) {
            String name = strike.get("Airport Name");
            found.put(name, NAMES.find(name, strike.get("Origin State")).orElse("none"));
        }
        assertThat(found).containsExactlyInAnyOrderEntriesOf(BY_HAND);
    }

    @Test
    void a_name_that_fits_several_airports_is_none() {
        AirportNames<String> names = new AirportNames<>();
        names.add("Springfield North", "Springfield", "IL", "SPN");
        names.add("Springfield South", "Springfield", "IL", "SPS");
        assertThat(names.find("SPRINGFIELD", "Illinois")).isEmpty();
        assertThat(names.find("SPRINGFIELD NORTH ARPT", "Illinois")).contains("SPN");
    }

    @Test
    void an_airport_of_another_state_does_not_fit() {
        AirportNames<String> names = new AirportNames<>();
        names.add("Portland Intl", "Portland", "OR", "PDX");
        assertThat(names.find("PORTLAND INTL", "Maine")).isEmpty();
        assertThat(names.find("PORTLAND INTL", "Atlantis")).isEqualTo(Optional.empty());
    }
}
