package dev.korm.depots.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Rn;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** How long a depot takes beside the SDK's own calls. Printed; only a gross loss fails, since the server is of the same machine. */
@Tag("long")
class S3SpeedTest {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private interface Work {
        void run(int call) throws Exception;
    }

    @Test
    void a_depot_costs_little_beside_the_calls_that_it_makes() throws Exception {
        S3Server server = S3Server.SHARED;
        try (Depot depot = server.depot("speed").open("files", Environment.system());
                S3Client s3 = S3Opening.client(S3SettingsOf.server(server))) {
            byte[] small = new byte[100_000];
            byte[] large = new byte[7 * 1024 * 1024];
            Compared puts = compare(
                    300,
                    call -> depot.put(Rn.file("files", "f" + call), new ByteArrayInputStream(small), PutOptions.NONE),
                    call -> s3.putObject(
                            request -> request.bucket(server.bucket()).key("direct/f" + call),
                            RequestBody.fromBytes(small)));
            Compared gets = compare(
                    300,
                    call -> {
                        try (var content = depot.get(Rn.file("files", "f" + call))) {
                            content.stream().readAllBytes();
                        }
                    },
                    call -> s3.getObjectAsBytes(
                            request -> request.bucket(server.bucket()).key("direct/f" + call)));
            Compared larges = compare(
                    40,
                    call -> depot.put(Rn.file("files", "l"), new ByteArrayInputStream(large), PutOptions.NONE),
                    call -> s3.putObject(
                            request -> request.bucket(server.bucket()).key("direct/l"), RequestBody.fromBytes(large)));
            System.out.printf(
                    Locale.ROOT,
                    "depot / SDK, times as long (and as much processor of the caller's): put 100 KB %s, get 100 KB %s,"
                            + " put 7 MB %s%n",
                    puts,
                    gets,
                    larges);
            assertThat(puts.time()).isLessThan(3);
            assertThat(gets.time()).isLessThan(3);
            assertThat(larges.time()).isLessThan(3);
        }
    }

    /** By medians of single calls, since the server and whatever else runs on the machine disturb some of them much. */
    private record Compared(double time, double processor) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f (%.2f)", time, processor);
        }
    }

    /** Calls both in turn, each first as often as the other. */
    private static Compared compare(int calls, Work depot, Work direct) throws Exception {
        double[][] times = new double[4][calls];
        for (int call = -calls / 2; call < calls; call++) {
            for (int turn = 0; turn < 2; turn++) {
                int which = (turn + call) & 1;
                long processor = THREADS.getCurrentThreadCpuTime();
                long begin = System.nanoTime();
                (which == 0 ? depot : direct).run(Math.floorMod(call, calls));
                if (call >= 0) {
                    times[which][call] = System.nanoTime() - begin;
                    times[2 + which][call] = THREADS.getCurrentThreadCpuTime() - processor;
                }
            }
        }
        for (double[] all : times) {
            Arrays.sort(all);
        }
        return new Compared(times[0][calls / 2] / times[1][calls / 2], times[2][calls / 2] / times[3][calls / 2]);
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
                    java.time.Duration.ofDays(7),
                    S3Settings.PART,
                    S3Settings.LARGEST_COPY);
        }
    }
}
