package dev.korm.examples.wildlife;

import static java.util.Comparator.comparing;
import static java.util.Map.Entry.comparingByKey;
import static java.util.Map.Entry.comparingByValue;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The answers from all of the data, against the same answers from the files by plain Java. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WildlifeStrikesTest {
    private static final String COST = "Cost Total $";

    private Run run;
    private Run secondRun;
    private List<Map<String, String>> flights;
    private List<Map<String, String>> strikes;
    private Map<String, Map<String, String>> airports;
    private Path reports;

    @BeforeAll
    void run_twice(@TempDir Path folder) throws IOException {
        String database = folder.resolve("wildlife.sqlite").toString();
        reports = folder.resolve("wildlife.sqlite-reports");
        run = Run.with("--database", database);
        secondRun = Run.with("--database", database, "--state", "tx", "--explain");
        flights = PlainCsv.read("flights-airport.csv");
        strikes = PlainCsv.read("birdstrikes.csv");
        airports = PlainCsv.read("airports.csv").stream()
                .collect(toMap(airport -> airport.get("iata"), airport -> airport));
    }

    @Test
    void every_line_becomes_an_item() {
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith(
                        "airports.csv: 3,376 items",
                        "flights-airport.csv: 5,366 items",
                        "birdstrikes.csv: 10,000 items",
                        "9,276 of 10,000 strikes name an airport of the list");
    }

    @Test
    void a_second_run_loads_nothing_and_answers_the_same() {
        assertThat(secondRun.out())
                .startsWith(
                        "airports.csv: 3,376 items, loaded by an earlier run",
                        "flights-airport.csv: 5,366 items, loaded by an earlier run",
                        "birdstrikes.csv: 10,000 items, loaded by an earlier run",
                        "9,276 of 10,000 strikes name an airport of the list");
        assertThat(secondRun.table("Year by year")).isEqualTo(run.table("Year by year"));
    }

    @Test
    void the_busiest_routes_are_those_of_the_file() {
        assertThat(run.table("The busiest routes out of CA")).isEqualTo(busiestRoutes("CA"));
        assertThat(secondRun.table("The busiest routes out of TX")).isEqualTo(busiestRoutes("TX"));
    }

    private List<List<String>> busiestRoutes(String state) {
        return flights.stream()
                .filter(flight ->
                        airports.get(flight.get("origin")).get("state").equals(state))
                .sorted(comparing(flight -> -number(flight, "count")))
                .limit(10)
                .map(flight -> List.of(
                        flight.get("origin"),
                        airports.get(flight.get("origin")).get("name"),
                        flight.get("destination"),
                        airports.get(flight.get("destination")).get("name"),
                        counted(number(flight, "count"))))
                .toList();
    }

    @Test
    void explain_shows_what_is_sent_without_the_state_that_was_asked_for() {
        List<String> out = secondRun.out();
        String explained = String.join("\n", out.subList(out.indexOf("How that was answered"), out.size()));
        assertThat(explained).contains("SELECT", "__items__wildlife__route", "__items__wildlife__airport");
        assertThat(explained).doesNotContain("TX");
    }

    @Test
    void aircraft_at_the_largest_airports_are_those_of_the_files() {
        Map<String, String> names = Map.of(
                "ATLANTA INTL", "ATL",
                "CHICAGO O'HARE INTL ARPT", "ORD",
                "DALLAS/FORT WORTH INTL ARPT", "DFW",
                "DENVER INTL AIRPORT", "DEN",
                "LOS ANGELES INTL", "LAX");
        List<String> largest = top(
                flights.stream()
                        .collect(groupingBy(
                                flight -> List.of(flight.get("origin")),
                                summingLong(flight -> number(flight, "count")))),
                5,
                (airport, count) -> airport.get(0));
        assertThat(largest).containsExactlyInAnyOrderElementsOf(names.values());

        Map<List<String>, List<Map<String, String>>> groups = strikes.stream()
                .filter(strike -> names.containsKey(strike.get("Airport Name")))
                .collect(groupingBy(
                        strike -> List.of(names.get(strike.get("Airport Name")), strike.get("Aircraft Make Model"))));
        List<List<String>> expected = top(
                groups.entrySet().stream().collect(toMap(Map.Entry::getKey, group ->
                        (long) group.getValue().size())),
                10,
                (key, count) -> List.of(key.get(0), key.get(1), counted(count), averageSpeed(groups.get(key))));
        assertThat(run.table("Aircraft struck most at the 5 largest airports, " + String.join(", ", largest)))
                .isEqualTo(expected);
    }

    private static String averageSpeed(List<Map<String, String>> strikes) {
        double average = strikes.stream()
                .filter(strike -> !strike.get("Speed IAS in knots").isEmpty())
                .mapToLong(strike -> number(strike, "Speed IAS in knots"))
                .average()
                .orElseThrow();
        return String.format(Locale.ROOT, "%,.0f", average);
    }

    @Test
    void costs_by_species_and_phase_are_those_of_the_file() {
        Function<Map<String, String>, List<String>> key =
                strike -> List.of(strike.get("Wildlife Species"), strike.get("Phase of flight"));
        List<Map<String, String>> withCosts =
                strikes.stream().filter(strike -> number(strike, COST) > 0).toList();
        Map<List<String>, Long> counts = withCosts.stream().collect(groupingBy(key, counting()));
        Map<List<String>, Long> costs =
                withCosts.stream().collect(groupingBy(key, summingLong(strike -> number(strike, COST))));
        List<List<String>> expected = top(
                costs,
                10,
                (group, cost) -> List.of(group.get(0), group.get(1), counted(counts.get(group)), counted(cost)));
        assertThat(run.table("The most expensive species and phases of flight")).isEqualTo(expected);
    }

    @Test
    void years_are_those_of_the_file() {
        Map<String, List<Map<String, String>>> years = strikes.stream()
                .collect(groupingBy(strike -> strike.get("Flight Date").substring(0, 4), TreeMap::new, toList()));
        List<List<String>> expected = years.entrySet().stream()
                .map(year -> List.of(
                        year.getKey(),
                        counted(year.getValue().size()),
                        counted(year.getValue().stream()
                                .mapToLong(strike -> number(strike, COST))
                                .sum())))
                .toList();
        assertThat(run.table("Year by year")).isEqualTo(expected);
    }

    @Test
    void two_pages_show_the_eight_most_expensive_strikes() {
        List<List<String>> expected = strikes.stream()
                .sorted(comparing(strike -> -number(strike, COST)))
                .limit(8)
                .map(strike -> List.of(strike.get("Flight Date"), counted(number(strike, COST))))
                .toList();
        assertThat(dateAndCost("The most expensive strikes, page 1")).isEqualTo(expected.subList(0, 4));
        assertThat(dateAndCost("The most expensive strikes, page 2")).isEqualTo(expected.subList(4, 8));
    }

    @Test
    void the_reports_of_the_airports_lie_in_files_and_say_what_the_file_says() {
        for (Run shown : List.of(run, secondRun)) {
            List<String> out = shown.out();
            List<String> shownReports = out.subList(out.indexOf("Reports") + 1, out.size());
            assertThat(shownReports).hasSize(15);
            for (int i = 0; i < 15; i += 5) {
                String iata = shownReports.get(i + 1).substring(0, 3);
                assertThat(shownReports.get(i)).contains("[rn][depot::reports]:airports:" + iata + ".txt");
                assertThat(reports.resolve("airports/" + iata + ".txt"))
                        .hasContent(String.join(System.lineSeparator(), shownReports.subList(i + 1, i + 5)));
            }
        }
    }

    private List<List<String>> dateAndCost(String title) {
        return run.table(title).stream()
                .map(row -> List.of(row.get(0), row.get(4)))
                .toList();
    }

    private interface Shown<R> {
        R of(List<String> key, long aggregate);
    }

    /** The keys of the largest figures; those of equal figures in the order of the keys. */
    private static <R> List<R> top(Map<List<String>, Long> aggregates, int limit, Shown<R> shown) {
        Comparator<Map.Entry<List<String>, Long>> largest = comparingByValue(Comparator.reverseOrder());
        return aggregates.entrySet().stream()
                .sorted(largest.thenComparing(
                        comparingByKey(Comparator.<List<String>, String>comparing(key -> String.join("\0", key)))))
                .limit(limit)
                .map(entry -> shown.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static long number(Map<String, String> line, String column) {
        return Long.parseLong(line.get(column));
    }

    private static String counted(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
