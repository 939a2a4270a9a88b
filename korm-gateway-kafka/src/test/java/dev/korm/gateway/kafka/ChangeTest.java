package dev.korm.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.gateway.wire.RefusedException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of the topics of changes, as the original's stream processor writes them. */
class ChangeTest {
    private static ConsumerRecord<String, byte[]> record(String header, String version) {
        ConsumerRecord<String, byte[]> record =
                new ConsumerRecord<>("server.page.diffs", 0, 0, "acme_cars|h", new byte[] {7});
        record.headers().add(header, version.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    @ParameterizedTest
    @ValueSource(strings = {"lsn", "LSN", "__lsn"})
    void a_version_stands_in_a_header_of_one_of_three_names(String header) {
        Change change = Change.ofPage(record(header, "9007199254740993"));
        assertThat(change.lsn()).as("64 bits").isEqualTo(9_007_199_254_740_993L);
        assertThat(change.key()).isEqualTo("acme_cars|h");
        assertThat(change.bytes()).containsExactly(7);
    }

    @Test
    void a_change_without_a_version_is_refused() {
        assertThatThrownBy(() -> Change.ofPage(record("Lsn", "1")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("lsn");
        assertThatThrownBy(() -> Change.ofPage(record("lsn", "one"))).isInstanceOf(RefusedException.class);
    }
}
