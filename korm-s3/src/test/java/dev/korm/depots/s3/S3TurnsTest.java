package dev.korm.depots.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Programs that replace one file of a bucket take turns. */
class S3TurnsTest {
    private static final PutCondition.Newer NEWER = PutCondition.Newer.of("item", "revision");
    private static final Rn<?> FILE = Rn.file("files", "docs", "x");

    private final S3Server server = S3Server.SHARED;
    private final String prefix = "turns-" + UUID.randomUUID();

    private S3Depot source() {
        return server.depot(prefix);
    }

    private static Rn<?> staged(long revision) {
        return Rn.file("files", "staged", "" + revision);
    }

    private static void stage(Depot depot, long revision) {
        depot.put(
                staged(revision),
                new ByteArrayInputStream(Long.toString(revision).getBytes(StandardCharsets.UTF_8)),
                PutOptions.NONE.attribute("item", "a").attribute("revision", "" + revision));
    }

    private static String text(Depot depot) throws IOException {
        try (FileContent content = depot.get(FILE)) {
            return new String(content.stream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String turn(int number) {
        byte[] name = Digesting.sha256().digest(FILE.toString().getBytes(StandardCharsets.UTF_8));
        return prefix + "/[rn][depot::files]:" + Depot.OWN + ":turns:"
                + HexFormat.of().formatHex(name) + ":" + number;
    }

    private List<String> own(S3Client s3) {
        return s3
                .listObjectsV2(
                        request -> request.bucket(server.bucket()).prefix(prefix + "/[rn][depot::files]:" + Depot.OWN))
                .contents()
                .stream()
                .map(S3Object::key)
                .toList();
    }

    @Test
    void nobody_replaces_a_file_in_the_turn_of_another_and_the_turn_of_a_dead_one_ends_by_time() throws IOException {
        try (Depot depot = source().timeout(Duration.ofSeconds(1)).open("files", Environment.system());
                S3Client s3 = server.client()) {
            stage(depot, 1);
            stage(depot, 2);
            assertThat(depot.moveIfNewer(staged(1), FILE, NEWER)).isTrue();
            s3.putObject(request -> request.bucket(server.bucket()).key(turn(1)), RequestBody.empty());

            assertThatExceptionOfType(DepotUnavailableException.class)
                    .isThrownBy(() -> depot.moveIfNewer(staged(2), FILE, NEWER))
                    .withMessageContaining(FILE.toString())
                    .satisfies(busy -> assertThat(busy.outcome()).isEqualTo(Outcome.NOT_APPLIED));
            assertThat(text(depot)).isEqualTo("1");
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(DepotUnavailableException.class)
                    .until(() -> depot.moveIfNewer(staged(2), FILE, NEWER));

            assertThat(text(depot)).isEqualTo("2");
            assertThat(own(s3)).isEmpty();
        }
    }

    @Test
    void a_turn_that_is_over_leaves_nothing_behind() throws IOException {
        try (Depot depot = source().open("files", Environment.system());
                S3Client s3 = server.client()) {
            for (long revision : List.of(3L, 5L, 4L)) {
                stage(depot, revision);
                assertThat(depot.moveIfNewer(staged(revision), FILE, NEWER)).isEqualTo(revision != 4);
            }

            assertThat(text(depot)).isEqualTo("5");
            assertThat(own(s3)).isEmpty();
        }
    }

    @Test
    void a_damaged_file_is_not_moved() {
        try (Depot depot = source().open("files", Environment.system())) {
            stage(depot, 1);
            server.damage(prefix + "/" + staged(1));

            assertThatExceptionOfType(dev.korm.depot.CorruptFileException.class)
                    .isThrownBy(() -> depot.moveIfNewer(staged(1), FILE, NEWER));

            assertThat(depot.stat(FILE)).isEmpty();
            assertThat(depot.stat(staged(1))).isPresent();
        }
    }

    @Test
    void the_latest_of_many_is_there_in_the_end_however_often_they_meet() throws Exception {
        List<Depot> depots = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            for (int i = 0; i < 6; i++) {
                depots.add(source().open("files", Environment.system()));
            }
            stage(depots.get(0), 1);
            depots.get(0).moveIfNewer(staged(1), FILE, NEWER);
            for (long round = 1; round <= 15; round++) {
                List<Callable<Boolean>> movers = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    long revision = round * 10 + i;
                    Depot depot = depots.get(i);
                    stage(depot, revision);
                    movers.add(() -> depot.moveIfNewer(staged(revision), FILE, NEWER));
                }
                for (Future<Boolean> moved : threads.invokeAll(movers)) {
                    moved.get();
                }
                assertThat(text(depots.get(0))).isEqualTo("" + (round * 10 + 5));
            }
        } finally {
            threads.shutdownNow();
            depots.forEach(Depot::close);
        }
    }
}
