package dev.korm.depots.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All connections of a depot are taken by files that somebody reads: others wait for as long as one request may take, and are told so. */
class S3ConnectionsTest {
    private static final Rn<?> FILE = Rn.file("files", "x");
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final Depot depot =
            S3Server.SHARED.depot().timeout(LIMIT).attempts(1).open("files", Environment.system());
    private final List<FileContent> open = new ArrayList<>();

    /** The first request of all takes long. */
    @BeforeAll
    static void begin() {
        S3Server.SHARED.depot().open("files", Environment.system()).close();
    }

    @BeforeEach
    void read() {
        put();
        for (int i = 0; i < S3Opening.CONNECTIONS; i++) {
            open.add(depot.get(FILE));
        }
    }

    @AfterEach
    void close() {
        open.forEach(FileContent::close);
        depot.close();
    }

    private void put() {
        depot.put(FILE, new ByteArrayInputStream(new byte[100]), PutOptions.NONE);
    }

    private static void isUnavailable(Outcome outcome, ThrowingCallable call) {
        assertThatExceptionOfType(DepotUnavailableException.class)
                .isThrownBy(call)
                .satisfies(failed -> assertThat(failed.outcome()).isEqualTo(outcome))
                .withMessageContaining("did not answer in time");
    }

    @Test
    void a_request_that_gets_no_connection_in_time_is_told_so() {
        isUnavailable(Outcome.NOT_APPLIED, () -> depot.stat(FILE));
        isUnavailable(Outcome.UNKNOWN, this::put);
        isUnavailable(Outcome.NOT_APPLIED, () -> {
            try (Stream<FileEntry> all = depot.list(Rn.prefix("files"))) {
                assertThat(all).isEmpty();
            }
        });
    }

    @Test
    void the_depot_goes_on_when_connections_are_free_again() {
        isUnavailable(Outcome.NOT_APPLIED, () -> depot.stat(FILE));
        open.remove(0).close();
        assertThat(depot.stat(FILE)).isPresent();
        put();
    }
}
