package dev.korm.testkit.kalam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server itself; what clients see of it is the conformance suite's. */
class KalamServerTest {
    @TempDir
    private Path folder;

    @Test
    void keeps_tables_rows_users_and_topics_in_its_folder() throws Exception {
        try (KalamServer server = KalamServer.builder().folder(folder).start()) {
            String token = login(server, "admin");
            sql(server, token, "CREATE NAMESPACE app");
            sql(server, token, "CREATE TOPIC app.changes");
            sql(server, token, "CREATE SHARED TABLE app.t (id TEXT PRIMARY KEY, n INT DEFAULT 7)");
            sql(server, token, "ALTER TOPIC app.changes ADD SOURCE app.t ON INSERT");
            sql(server, token, "INSERT INTO app.t (id) VALUES ('a')");
        }
        try (KalamServer server = KalamServer.builder().folder(folder).start()) {
            String token = login(server, "admin");
            JsonNode answer = sql(server, token, "SELECT id, n FROM app.t");
            assertThat(answer.path("results").get(0).path("rows").toString()).isEqualTo("[[\"a\",7]]");
            JsonNode polled = post(
                    server,
                    token,
                    "/v1/api/topics/consume",
                    "{\"topic_id\":\"app.changes\",\"group_id\":\"g\",\"start\":\"Earliest\"}");
            assertThat(polled.path("messages")).hasSize(1);
        }
    }

    @Test
    void without_traps_a_deleted_row_stays_deleted() throws Exception {
        try (KalamServer server = KalamServer.builder().traps(Set.of()).start()) {
            String token = login(server, "admin");
            sql(server, token, "CREATE NAMESPACE app");
            sql(server, token, "CREATE SHARED TABLE app.t (id TEXT PRIMARY KEY)");
            sql(server, token, "INSERT INTO app.t (id) VALUES ('a')");
            sql(server, token, "STORAGE FLUSH TABLE app.t");
            sql(server, token, "DELETE FROM app.t WHERE id = 'a'");
            sql(server, token, "STORAGE FLUSH TABLE app.t");
            assertThat(sql(server, token, "SELECT id FROM app.t")
                            .path("results")
                            .get(0)
                            .path("rows"))
                    .isEmpty();
        }
    }

    private static String login(KalamServer server, String user) throws IOException, InterruptedException {
        return post(
                        server,
                        "",
                        "/v1/api/auth/login",
                        "{\"user\":\"" + user + "\",\"password\":\"" + server.password() + "\"}")
                .path("access_token")
                .asString("");
    }

    private static JsonNode sql(KalamServer server, String token, String sql) throws IOException, InterruptedException {
        JsonNode answer = post(server, token, "/v1/api/sql", "{\"sql\":\"" + sql + "\"}");
        assertThat(answer.path("status").asString("")).as(answer.toString()).isEqualTo("success");
        return answer;
    }

    private static JsonNode post(KalamServer server, String token, String path, String json)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.url().resolve(path))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return JsonMapper.shared()
                .readTree(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body());
    }
}
