package dev.korm.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client in JavaScript against a gateway, run by Node where there is one of version 20 or newer. */
class JavaScriptClientTest {
    @TempDir
    Path folder;

    @Test
    void the_client_follows_calls_and_connects_anew() throws Exception {
        assumeTrue(
                hasNode(), "There is no node of version 20 or newer here, so the client in JavaScript was not tested");
        try (TestGateway world = new TestGateway()) {
            Path out = folder.resolve("out.txt");
            Process node = new ProcessBuilder(List.of(
                            "node",
                            "--experimental-websocket",
                            "src/test/js/client.test.mjs",
                            "ws://127.0.0.1:" + world.gateway.port() + "/",
                            Path.of("../clients/js/korm.js")
                                    .toRealPath()
                                    .toUri()
                                    .toString(),
                            TestTokens.token("acme", "js")))
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            try {
                assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(Files.readString(out)).contains("the client works");
                assertThat(node.exitValue()).isZero();
            } finally {
                node.destroyForcibly();
            }
        }
    }

    private static boolean hasNode() throws InterruptedException {
        try {
            Process node = new ProcessBuilder("node", "-p", "Number(process.versions.node.split('.')[0]) >= 20")
                    .redirectErrorStream(true)
                    .start();
            return node.waitFor(20, TimeUnit.SECONDS)
                    && new String(node.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                            .contains("true");
        } catch (IOException none) {
            return false;
        }
    }
}
