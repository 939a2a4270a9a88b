package dev.korm.examples.wildlife;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.jdbc.Sqlite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoaderTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void write_files_with_bad_lines() throws IOException {
        write(
                "airports.csv",
                "iata,name,city,state,country,latitude,longitude",
                "AAA,Alpha Intl,Alphaville,CA,USA,33.5,-117.25",
                "BBB,Beta,Betatown",
                "CCC,Gamma,NA,NA,USA,north,-101.5",
                "",
                "DDD,\"Delta, \"\"The Big\"\"\",Deltaville,TX,USA,31.5,-100.0,more",
                "EEE,\"Epsilon, \"\"The Small\"\"\",NA,NA,USA,31.25,-99.5");
        write(
                "flights-airport.csv",
                "origin,destination,count",
                "AAA,EEE,12",
                "AAA,XXX,1",
                "EEE,AAA,twelve",
                "EEE,AAA,",
                "EEE,AAA,99999999999",
                "EEE,AAA,7");
        write(
                "birdstrikes.csv",
                "Airport Name,Aircraft Make Model,Effect Amount of damage,Flight Date,Aircraft Airline Operator,Origin State,"
                        + "Phase of flight,Wildlife Size,Wildlife Species,Time of day,Cost Other,Cost Repair,Cost Total $,"
                        + "Speed IAS in knots",
                "ALPHA INTL ARPT,B-727,None,1990-01-08,BUSINESS,California,Climb,Large,Rock pigeon,Day,1,2,3,",
                "ALPHA INTL ARPT,B-727,None,1990-02-30,BUSINESS,California,Climb,Large,Rock pigeon,Day,1,2,3,140",
                "ALPHA INTL ARPT,B-727,None,1990-01-08,BUSINESS,California,Climb,Huge,Rock pigeon,Day,1,2,3,140",
                "NOWHERE,B-727,None,1990-01-08,BUSINESS,California,Climb,Small,Rock pigeon,Day,1,2,3,140");
    }

    private void write(String file, String... lines) throws IOException {
        Files.write(folder.resolve(file), List.of(lines));
    }

    @Test
    void bad_lines_are_named_and_do_not_stop_the_rest() {
        Run run = Run.with("--data", folder.toString());
        assertThat(run.code()).isZero();
        assertThat(run.err())
                .containsExactly(
                        "airports.csv:3: 3 columns instead of 7",
                        "airports.csv:4: \"north\" in the column \"latitude\" is no number",
                        "airports.csv:6: 8 columns instead of 7",
                        "flights-airport.csv:3: there is no airport with the code \"XXX\"",
                        "flights-airport.csv:4: \"twelve\" in the column \"count\" is no whole number",
                        "flights-airport.csv:5: nothing in the column \"count\"",
                        "flights-airport.csv:6: \"99999999999\" in the column \"count\" is no whole number",
                        "birdstrikes.csv:3: \"1990-02-30\" in the column \"Flight Date\" is no date such as 1999-12-31",
                        "birdstrikes.csv:4: \"Huge\" in the column \"Wildlife Size\" is none of [SMALL, MEDIUM, LARGE]");
        assertThat(run.out())
                .startsWith(
                        "airports.csv: 2 items, bad lines: 3",
                        "flights-airport.csv: 2 items, bad lines: 4",
                        "birdstrikes.csv: 2 items, bad lines: 2",
                        "1 of 2 strikes name an airport of the list");
    }

    @Test
    void good_lines_arrive_as_they_are() {
        try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open()) {
            load(pool);
            Airport epsilon = Korm.item(Airport.class, pool)
                    .query()
                    .where(eq(Airport::iata, "EEE"))
                    .first()
                    .orElseThrow()
                    .data();
            assertThat(epsilon.name()).isEqualTo("Epsilon, \"The Small\"");
            assertThat(epsilon.city()).isEmpty();
            assertThat(epsilon.longitude()).isEqualTo(-99.5);

            Item<Strike> strike = Korm.item(Strike.class, pool)
                    .query()
                    .where(eq("airport.iata", "AAA"))
                    .resolvePaths("airport")
                    .first()
                    .orElseThrow();
            assertThat(strike.data().airport().orElseThrow().get().name()).isEqualTo("Alpha Intl");
            assertThat(strike.data().speed()).isEqualTo(OptionalInt.empty());
            assertThat(strike.data().costs()).isEqualTo(new Strike.Costs(2, 1, 3));
        }
    }

    @Test
    void what_an_interrupted_run_left_is_loaded_again_and_not_twice() {
        try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open()) {
            load(pool);
            Korm.item(LoadedFile.class, pool)
                    .query()
                    .where(eq(LoadedFile::file, "flights-airport.csv"))
                    .deleteAll();
            List<Loader.Report> reports = load(pool);
            assertThat(reports).extracting(Loader.Report::before).containsExactly(true, false, true);
            assertThat(Korm.item(Route.class, pool).query().count()).isEqualTo(2);
        }
    }

    private List<Loader.Report> load(Pool pool) {
        return new Loader(pool, DataFolder.at(folder), Progress.quiet()).loadAll();
    }

    @Test
    void many_bad_lines_are_counted_and_not_all_shown() throws IOException {
        String[] lines = new String[31];
        Arrays.fill(lines, "AAA,EEE");
        lines[0] = "origin,destination,count";
        write("flights-airport.csv", lines);
        Run run = Run.with("--data", folder.toString());
        assertThat(run.err())
                .contains("flights-airport.csv:21: 2 columns instead of 3", "and 10 bad lines more")
                .doesNotContain("flights-airport.csv:22: 2 columns instead of 3");
    }

    @Test
    void a_column_that_is_missing_makes_each_line_bad() throws IOException {
        write("flights-airport.csv", "origin,destination,flights", "AAA,EEE,12");
        assertThat(Run.with("--data", folder.toString()).err())
                .contains("flights-airport.csv:2: the file has no column \"count\"");
    }

    @Test
    void a_file_that_is_missing_ends_the_run_with_its_name() throws IOException {
        Files.delete(folder.resolve("birdstrikes.csv"));
        Run run = Run.with("--data", folder.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).last().asString().contains("birdstrikes.csv");
    }

    @Test
    void a_database_that_cannot_be_made_is_said_in_one_line() {
        Run run = Run.with("--database", folder.resolve("missing/x.sqlite").toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).singleElement().asString().contains("missing");
    }

    @Test
    void options_are_explained_and_wrong_ones_refused() {
        assertThat(String.join("\n", Run.with("--help").out()))
                .contains("--database", "--state", "--explain", "--data");
        Run wrong = Run.with("--frob");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).first().asString().contains("--frob");
    }
}
