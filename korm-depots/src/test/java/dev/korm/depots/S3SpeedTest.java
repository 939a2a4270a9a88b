package dev.korm.depots;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Rn;
import dev.korm.spi.Depot;
import dev.korm.spi.Environment;
import dev.korm.spi.PutOptions;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** How long a depot takes beside the SDK's own calls. Printed; only a gross loss fails, since the server is of the same machine. */
@Tag("long")
class S3SpeedTest {
    private static final int ROUNDS = 15;
    private static final int FILES = 40;

    private interface Work {
        void run(int round) throws Exception;
    }

    @Test
    void a_depot_costs_little_beside_the_calls_that_it_makes() throws Exception {
        S3Server server = S3Server.SHARED;
        try (Depot depot = server.depot("speed").open("files", Environment.system());
                S3Client s3 = S3Opening.client(S3SettingsOf.server(server))) {
            byte[] small = new byte[100_000];
            byte[] large = new byte[7 * 1024 * 1024];
            double puts = ratio(
                    round -> {
                        for (int i = 0; i < FILES; i++) {
                            depot.put(Rn.file("files", "f" + i), new ByteArrayInputStream(small), PutOptions.NONE);
                        }
                    },
                    round -> {
                        for (int i = 0; i < FILES; i++) {
                            String key = "direct/f" + i;
                            s3.putObject(
                                    request -> request.bucket(server.bucket()).key(key), RequestBody.fromBytes(small));
                        }
                    });
            double gets = ratio(
                    round -> {
                        for (int i = 0; i < FILES; i++) {
                            try (var content = depot.get(Rn.file("files", "f" + i))) {
                                content.stream().readAllBytes();
                            }
                        }
                    },
                    round -> {
                        for (int i = 0; i < FILES; i++) {
                            String key = "direct/f" + i;
                            s3.getObjectAsBytes(
                                    request -> request.bucket(server.bucket()).key(key));
                        }
                    });
            double larges = ratio(
                    round -> depot.put(Rn.file("files", "l"), new ByteArrayInputStream(large), PutOptions.NONE),
                    round -> s3.putObject(
                            request -> request.bucket(server.bucket()).key("direct/l"), RequestBody.fromBytes(large)));
            System.out.printf(
                    Locale.ROOT,
                    "depot / SDK: put 100 KB %.2f, get 100 KB %.2f, put 7 MB %.2f times as long%n",
                    puts,
                    gets,
                    larges);
            assertThat(puts).isLessThan(3);
            assertThat(gets).isLessThan(3);
            assertThat(larges).isLessThan(3);
        }
    }

    private static double ratio(Work depot, Work direct) throws Exception {
        double[] ratios = new double[ROUNDS];
        for (int round = -3; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            depot.run(round);
            long between = System.nanoTime();
            direct.run(round);
            if (round >= 0) {
                ratios[round] = (between - begin) / (double) (System.nanoTime() - between);
            }
        }
        Arrays.sort(ratios);
        return ratios[ROUNDS / 2];
    }

    private static final class S3SettingsOf {
        private S3SettingsOf() {}

        static S3Settings server(S3Server server) {
            return new S3Settings(
                    server.bucket(),
                    java.util.Optional.of(server.endpoint()),
                    java.util.Optional.of("us-east-1"),
                    java.util.Optional.of(new S3Settings.Credentials(server.id(), server.secret())),
                    java.util.Optional.empty(),
                    "",
                    S3Depot.Addressing.PATH,
                    S3Depot.MissingBucket.FAIL,
                    java.time.Duration.ofSeconds(30),
                    3,
                    S3Settings.PART,
                    S3Settings.LARGEST_COPY);
        }
    }
}
