package dev.korm.testkit.kalam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server as a program, named by the rows of the specification; the image runs the same. */
class KalamServerCommandTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream warnings = new ByteArrayOutputStream();

    private KalamServer start(String... settings) {
        Map<String, String> all = new TreeMap<>(Map.of(
                "KALAMDB_SERVER_PORT",
                "0",
                "KALAMDB_DATA_DIR",
                folder.resolve("data").toString()));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return KalamServerCommand.start(all, new PrintStream(warnings, true, StandardCharsets.UTF_8));
    }

    @Test
    void S15_S18_S55_S67_every_setting_is_a_variable_with_a_default() throws Exception {
        try (KalamServer server = start(
                "KALAMDB_ROOT_PASSWORD", "Other-4567",
                "KALAMDB_QUERIES_PER_SECOND", "2",
                "KALAMDB_TOKEN_LIFETIME", "PT2H",
                "KALAMDB_TRAPS", "row_caps, HALF_COMMITS",
                "KALAMDB_TOPIC_VISIBILITY_TIMEOUT_SECS", "",
                "KALAMDB_LOG_LEVEL", "info",
                "HOME", "/")) {
            assertThat(server.password()).isEqualTo("Other-4567");
            assertThat(server.traps()).containsExactlyInAnyOrder(Trap.ROW_CAPS, Trap.HALF_COMMITS);
            assertThat(Files.exists(folder.resolve("data").resolve("kalam.db"))).isTrue();
            String token = login(server.url(), "Other-4567");
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                statuses.add(sql(server.url(), token, "SELECT 1").statusCode());
            }
            assertThat(statuses).contains(200, 429);
        }
        assertThat(warnings.toString(StandardCharsets.UTF_8))
                .contains("[KALAMDB_LOG_LEVEL]")
                .doesNotContain("Other-4567");
        try (KalamServer server =
                start("KALAMDB_DATA_DIR", folder.resolve("other").toString())) {
            assertThat(server.password()).isEqualTo("Local-123");
            assertThat(server.traps()).containsExactlyInAnyOrder(Trap.values());
            assertThat(server.url().getHost()).isEqualTo("127.0.0.1");
        }
        for (Map.Entry<String, String> wrong : Map.of(
                        "KALAMDB_SERVER_PORT", "65536",
                        "KALAMDB_TOKEN_LIFETIME", "1 day",
                        "KALAMDB_QUERIES_PER_SECOND", "-1",
                        "KALAMDB_ANONYMOUS_LOOPBACK", "yes",
                        "KALAMDB_TRAPS", "bears")
                .entrySet()) {
            assertThatThrownBy(() -> start(wrong.getKey(), wrong.getValue()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong.getKey());
        }
    }

    @Test
    void S16_a_server_that_others_reach_needs_a_password_of_its_own() throws Exception {
        assertThatThrownBy(() -> start("KALAMDB_SERVER_HOST", "0.0.0.0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("KALAMDB_ROOT_PASSWORD");
        try (KalamServer server = start("KALAMDB_SERVER_HOST", "0.0.0.0", "KALAMDB_ROOT_PASSWORD", "Own-12345")) {
            assertThat(sql(server.url(), login(server.url(), "Own-12345"), "SELECT 1")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void S06_requests_of_this_machine_need_no_credentials_where_that_was_said() throws Exception {
        try (KalamServer server = start()) {
            assertThat(sql(server.url(), null, "SELECT 1").statusCode()).isEqualTo(401);
        }
        try (KalamServer server = start("KALAMDB_ANONYMOUS_LOOPBACK", "true")) {
            assertThat(sql(server.url(), null, "CREATE NAMESPACE made_without_a_login")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(sql(server.url(), "wrong", "SELECT 1").statusCode())
                    .as("whoever says who he is, is who he is")
                    .isEqualTo(401);
        }
    }

    @Test
    void S72_a_folder_that_cannot_be_written_ends_the_start_with_its_name() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        assertThatThrownBy(() -> start("KALAMDB_DATA_DIR", file.toString())).hasMessageContaining(file.toString());
        assertThat(Files.readString(file)).isEqualTo("no folder");
    }

    @Test
    void S17_S54_S56_what_was_acknowledged_is_there_after_the_process_was_killed() throws Exception {
        String token;
        Process first = process();
        try {
            URI url = address(first);
            token = login(url, "Local-123");
            for (String sql : List.of(
                    "CREATE NAMESPACE app",
                    "CREATE SHARED TABLE app.t (id TEXT PRIMARY KEY)",
                    "INSERT INTO app.t (id) VALUES ('a')")) {
                assertThat(sql(url, token, sql).statusCode()).isEqualTo(200);
            }
        } finally {
            first.destroyForcibly().waitFor();
        }
        Process second = process();
        try {
            // The token is of the first process, so its secret was kept too.
            HttpResponse<String> answer = sql(address(second), token, "SELECT id FROM app.t");
            JsonNode rows = JsonMapper.shared()
                    .readTree(answer.body())
                    .path("results")
                    .path(0)
                    .path("rows");
            assertThat(rows.toString()).isEqualTo("[[\"a\"]]");
        } finally {
            second.destroy();
            assertThat(second.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("it ends when it is told to")
                    .isTrue();
        }
    }

    private Process process() throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dkalamdb.server.port=0",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KalamServerCommand.class.getName())
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static URI address(Process process) throws Exception {
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        String line = lines.readLine();
        assertThat(line).as("the first line that the server prints").isNotNull();
        return URI.create(line);
    }

    private static String login(URI server, String password) throws Exception {
        HttpResponse<String> answer =
                post(server, null, "/v1/api/auth/login", Map.of("user", "admin", "password", password));
        assertThat(answer.statusCode()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body()).path("access_token").asString("");
    }

    private static HttpResponse<String> sql(URI server, String token, String sql) throws Exception {
        return post(server, token, "/v1/api/sql", Map.of("sql", sql));
    }

    private static HttpResponse<String> post(URI server, String token, String path, Object body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(LIMIT)
                .POST(HttpRequest.BodyPublishers.ofByteArray(JsonMapper.shared().writeValueAsBytes(body)));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
