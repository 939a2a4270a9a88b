package dev.korm.examples.clinic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.spi.LayerSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ClinicTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void the_clinic_works_over_http_with_patients_in_sqlite_and_appointments_in_postgres() throws Exception {
        String given = System.getenv("KORM_TEST_PG_URL");
        if (given != null && !given.isEmpty()) {
            runs(Postgres.url(given)
                    .schema("korm_clinic_" + ProcessHandle.current().pid()));
            return;
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            runs(Postgres.url("postgres://postgres:postgres@localhost:" + server.getPort() + "/postgres"));
        }
    }

    private void runs(LayerSource appointments) throws Exception {
        Path database = folder.resolve("patients.sqlite");
        KeyRing keys = KeyRing.of("k1", Map.of("k1", new byte[32]));
        try (ClinicServer served =
                new ClinicServer(Clinic.open(Sqlite.file(database), appointments, folder, keys), 0)) {
            String base = "http://localhost:" + served.port();
            JsonNode ann = json(201, "POST", base + "/patients", "{\"name\":\"Ann\",\"insurance\":\"X-4711\"}");
            assertThat(ann.has("insurance")).isFalse();
            assertThat(send("POST", base + "/patients", "{\"name\":\"Eve\",\"insurance\":\"X-4711\"}")
                            .statusCode())
                    .isEqualTo(409);
            String rn = ann.get("rn").asString();
            assertThat(json(200, "GET", base + "/patients?insurance=X-4711", "")
                            .get("rn")
                            .asString())
                    .isEqualTo(rn);
            assertThat(send("GET", base + "/patients?insurance=X-1", "").statusCode())
                    .isEqualTo(404);
            assertThat(new String(Files.readAllBytes(database), StandardCharsets.ISO_8859_1))
                    .doesNotContain("X-4711");

            JsonNode made = json(
                    201,
                    "POST",
                    base + "/appointments",
                    "{\"patient\":\"" + rn + "\",\"at\":\"2026-12-01T09:00:00Z\",\"reason\":\"flu\",\"letter\":null}");
            JsonNode found = json(200, "GET", base + "/appointments?patient=Ann", "");
            assertThat(found.size()).isEqualTo(1);
            assertThat(found.get(0)).isEqualTo(made);
            assertThat(json(200, "GET", base + "/appointments?patient=Eve", "").size())
                    .isZero();

            String moved = made.toString().replace("09:00", "10:00");
            json(200, "PUT", base + "/appointments", moved);
            assertThat(send("PUT", base + "/appointments", moved).statusCode()).isEqualTo(409);

            String letter = base + "/letters?appointment="
                    + URLEncoder.encode(made.get("rn").asString(), StandardCharsets.UTF_8);
            assertThat(send("GET", letter, "").statusCode()).isEqualTo(404);
            json(200, "PUT", letter, "Dear Ann");
            assertThat(send("GET", letter, "").body()).isEqualTo("Dear Ann");

            String wrong = base + "/letters?appointment=" + URLEncoder.encode(rn, StandardCharsets.UTF_8);
            assertThat(send("GET", wrong, "").statusCode()).isEqualTo(400);
            assertThat(send("POST", base + "/appointments", "{\"patient\":").statusCode())
                    .isEqualTo(400);

            String patient = base + "/patients?rn=" + URLEncoder.encode(rn, StandardCharsets.UTF_8);
            assertThat(send("DELETE", patient, "").statusCode()).isEqualTo(204);
            assertThat(send("DELETE", patient, "").statusCode()).isEqualTo(404);
            assertThat(send("GET", letter, "").statusCode()).isEqualTo(404);
        }
    }

    private HttpResponse<String> send(String method, String uri, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(uri))
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private JsonNode json(int status, String method, String uri, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(method, uri, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return MAPPER.readTree(answer.body());
    }
}
