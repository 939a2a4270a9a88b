package dev.korm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as a process. Runs the jar where there is one, and the class otherwise. */
@NullUnmarked // Tests dereference what they expect to be there.
class GatewayCommandTest {
    @TempDir
    Path folder;

    private Path config(String auth) throws Exception {
        return Files.writeString(
                folder.resolve("gateway.json"),
                "{\"host\":\"127.0.0.1\",\"port\":0,\"layers\":{\"main\":\"" + folder.resolve("todo.sqlite")
                        + "\"},\"auth\":" + auth
                        + ",\"tables\":{\"todos\":{\"collection\":\"todo:item\",\"rows\":\"all\",\"allow\":[\"read\"]}}}");
    }

    @Test
    void it_serves_until_it_is_stopped() throws Exception {
        Process process = KormProcess.start(
                "gateway", "--config", config("{\"anonymous\":\"demo\"}").toString());
        try (BufferedReader out = process.inputReader()) {
            String ready = out.readLine();
            assertThat(ready).startsWith("ready ");
            URI address = URI.create("http://127.0.0.1:" + ready.substring(6) + "/ready");
            assertThat(HttpClient.newHttpClient()
                            .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
                            .body())
                    .isEqualTo("{\"status\":\"ready\"}");
            process.destroy();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        try (dev.korm.Pool again = dev.korm.Korm.pool()
                .layer("main", dev.korm.jdbc.Sqlite.file(folder.resolve("todo.sqlite")))
                .open()) {
            assertThat(again.ping()).allMatch(dev.korm.event.Ping::isAnswered);
        }
    }

    @Test
    void a_configuration_that_is_not_right_is_told() throws Exception {
        KormProcess wrong =
                KormProcess.run(folder, "gateway", "--config", config("{}").toString());
        assertThat(wrong.exit()).isEqualTo(1);
        assertThat(wrong.err()).contains("korm gateway: ").contains("without a key");
        KormProcess right = KormProcess.run(
                folder,
                "gateway",
                "--check",
                "--config",
                config("{\"anonymous\":\"demo\"}").toString());
        assertThat(right.exit()).as(right.err()).isZero();
    }
}
