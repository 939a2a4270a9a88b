package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Korm;
import dev.korm.depots.local.LocalDepot;
import dev.korm.depots.s3.S3Depot;
import dev.korm.gateway.Gateway;
import dev.korm.jackson.KormModule;
import dev.korm.kalam.KalamClient;
import dev.korm.micrometer.KormMetrics;
import dev.korm.spring.KormProperties;
import dev.korm.testkit.Seed;
import dev.korm.testkit.kalam.KalamServer;
import dev.korm.wal.Wal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What programs may call: {@code api.txt} of each module that is published lists it, so that a change of it is seen where it is made.
 */
class PublicApiTest {
    private static final Path ROOT = Path.of("..");

    @Test
    void of_the_core() throws IOException {
        require("korm-core", PublicApi.of(ROOT.resolve("korm-core"), Korm.class));
    }

    @Test
    void of_the_depots() throws IOException {
        require("korm-depots", PublicApi.of(ROOT.resolve("korm-depots"), LocalDepot.class));
    }

    @Test
    void of_files_in_s3() throws IOException {
        require("korm-s3", PublicApi.of(ROOT.resolve("korm-s3"), S3Depot.class));
    }

    @Test
    void of_the_journal() throws IOException {
        require("korm-wal", PublicApi.of(ROOT.resolve("korm-wal"), Wal.class));
    }

    @Test
    void of_the_module_for_jackson() throws IOException {
        require("korm-jackson", PublicApi.of(ROOT.resolve("korm-jackson"), KormModule.class));
    }

    @Test
    void of_the_test_kit() throws IOException {
        require("korm-testkit", PublicApi.of(Seed.class));
    }

    @Test
    void of_the_client_of_kalamdb() throws IOException {
        require("korm-kalam", PublicApi.of(ROOT.resolve("korm-kalam"), KalamClient.class));
    }

    @Test
    void of_the_kalamdb_for_tests() throws IOException {
        require("korm-kalam-testkit", PublicApi.ofRoom(KalamServer.class));
    }

    @Test
    void of_the_gateway() throws IOException {
        require("korm-gateway", PublicApi.of(ROOT.resolve("korm-gateway"), Gateway.class));
    }

    @Test
    void of_the_meters() throws IOException {
        require("korm-micrometer", PublicApi.of(ROOT.resolve("korm-micrometer"), KormMetrics.class));
    }

    @Test
    void of_the_starter_for_spring_boot() throws IOException {
        require("korm-spring-boot-starter", PublicApi.ofRoom(KormProperties.class));
    }

    private static void require(String module, List<String> actual) throws IOException {
        assertThat(actual).hasSizeGreaterThan(5);
        Path file = ROOT.resolve(module).resolve("api.txt");
        if (Boolean.getBoolean("korm.api.write")) {
            Files.write(file, actual);
        }
        List<String> expected = Files.exists(file) ? Files.readAllLines(file) : List.of();
        assertThat(String.join("\n", actual))
                .as(
                        "The public API of %s has changed. If that is meant, write it anew, and say it in"
                                + " CHANGELOG.md: mvn test -pl examples -am -Dtest=PublicApiTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dkorm.api.write=true",
                        module)
                .isEqualTo(String.join("\n", expected));
    }
}
