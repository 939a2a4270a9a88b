package dev.korm.examples.wildlife;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.examples.Quickstart;
import dev.korm.testkit.MariaDbServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The programs say the same wherever their items are, on real servers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpreadTest {
    private EmbeddedPostgres postgresServer;
    private MariaDbServer mariadbServer;
    private String postgres;
    private String mariadb;

    @BeforeAll
    void start() throws IOException {
        String givenPostgres = System.getenv("KORM_TEST_PG_URL");
        String givenMysql = System.getenv("KORM_TEST_MYSQL_URL");
        if (givenPostgres == null || givenPostgres.isEmpty()) {
            postgresServer = EmbeddedPostgres.builder().start();
            postgres = "postgres://postgres:postgres@localhost:" + postgresServer.getPort() + "/postgres";
        } else {
            postgres = givenPostgres;
        }
        if (givenMysql == null || givenMysql.isEmpty()) {
            mariadbServer = MariaDbServer.start(Path.of("target"));
            mariadb = mariadbServer.create("spread");
        } else {
            mariadb = givenMysql;
        }
    }

    @AfterAll
    void stop() throws Exception {
        if (postgresServer != null) {
            postgresServer.close();
        }
        if (mariadbServer != null) {
            mariadbServer.close();
        }
    }

    @Test
    void the_quickstart_says_the_same_over_two_servers_as_in_one_file(@TempDir Path folder) {
        String alone = quickstart(folder.resolve("alone.sqlite").toString());
        String spread = quickstart(
                folder.resolve("spread.sqlite").toString(), "--spread=people=" + postgres + ",garage=" + mariadb);
        assertThat(spread).isEqualTo(alone).contains("Fred: 3");
    }

    private static String quickstart(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            Quickstart.main(arguments);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void ten_thousand_strikes_give_the_same_answers_over_three_databases_as_in_one_file(@TempDir Path folder) {
        Run alone = Run.with("--database", folder.resolve("alone.sqlite").toString());
        Run spread = Run.with(
                "--database",
                folder.resolve("spread.sqlite").toString(),
                "--spread",
                "wildlife:airport=" + postgres + ",wildlife:strike=" + mariadb);
        assertThat(spread.err()).isEqualTo(alone.err());
        assertThat(spread.code()).isZero();
        assertThat(spread.out()).isEqualTo(alone.out()).hasSizeGreaterThan(50);
        List<List<String>> routes = spread.table("The busiest routes out of CA");
        assertThat(routes).isNotEmpty();
    }
}
