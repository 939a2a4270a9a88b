package dev.korm.depots.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ClosedException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** Whatever ends an upload in parts, no parts stay in the store. */
class S3UploadsTest {
    private static final Rn<?> FILE = Rn.file("files", "large");
    private static final int SIZE = 30_000_000;

    private final S3Server server = S3Server.SHARED;
    private final String prefix = "uploads-" + UUID.randomUUID();

    private Depot open() {
        return server.depot(prefix).open("files", Environment.system());
    }

    private List<MultipartUpload> left() {
        try (S3Client s3 = server.client()) {
            return s3.listMultipartUploads(request -> request.bucket(server.bucket())).uploads().stream()
                    .filter(upload -> upload.key().startsWith(prefix))
                    .toList();
        }
    }

    /** Content that does something when two parts of it are sent. */
    private static InputStream content(Runnable midway) {
        return new InputStream() {
            private int count;
            private boolean done;

            @Override
            public int read() throws IOException {
                throw new IOException("It is read by many bytes");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                if (count >= SIZE) {
                    return -1;
                }
                if (count > 20_000_000 && !done) {
                    done = true;
                    midway.run();
                }
                int read = Math.min(length, SIZE - count);
                count += read;
                return read;
            }
        };
    }

    @Test
    void an_interrupt_leaves_no_parts_and_is_told_as_such() {
        try (Depot depot = open()) {
            assertThatThrownBy(() ->
                            depot.put(FILE, content(() -> Thread.currentThread().interrupt()), PutOptions.NONE))
                    .isInstanceOf(OperationInterruptedException.class)
                    .hasMessageContaining("interrupted")
                    .hasMessageContaining(FILE.toString());
            assertThat(Thread.interrupted()).isTrue();

            assertThat(left()).isEmpty();
            assertThat(depot.stat(FILE)).isEmpty();
            depot.put(FILE, content(() -> {}), PutOptions.NONE);
            assertThat(depot.stat(FILE).orElseThrow().size()).isEqualTo(SIZE);
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void an_error_leaves_no_parts() {
        try (Depot depot = open()) {
            assertThatExceptionOfType(StackOverflowError.class)
                    .isThrownBy(() -> depot.put(
                            FILE,
                            content(() -> {
                                throw new StackOverflowError("The test says so");
                            }),
                            PutOptions.NONE));

            assertThat(left()).isEmpty();
        }
    }

    @Test
    void the_end_of_the_depot_leaves_no_parts() {
        Depot depot = open();

        assertThatExceptionOfType(ClosedException.class)
                .isThrownBy(() -> depot.put(FILE, content(depot::close), PutOptions.NONE));

        assertThat(left()).isEmpty();
    }

    @Test
    void what_a_killed_program_left_goes_with_an_opening_when_it_is_old_enough() {
        try (S3Client s3 = server.client()) {
            for (String name : List.of("files", "others")) {
                s3.createMultipartUpload(
                        request -> request.bucket(server.bucket()).key(prefix + "/[rn][depot::" + name + "]:large"));
            }
        }

        open().close();
        assertThat(left()).hasSize(2);
        server.depot(prefix)
                .leftoversAfter(Duration.ofNanos(1))
                .open("files", Environment.system())
                .close();

        assertThat(left()).singleElement().satisfies(upload -> assertThat(upload.key())
                .contains("others"));
    }
}
