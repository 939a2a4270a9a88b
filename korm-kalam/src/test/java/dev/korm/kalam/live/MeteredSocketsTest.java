package dev.korm.kalam.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import org.junit.jupiter.api.Test;

/** The sockets under a WebSocket. */
class MeteredSocketsTest {
    @Test
    void what_is_sent_is_not_kept_back_until_the_server_confirms_what_came_before() throws Exception {
        try (Socket socket = new MeteredSockets(1).createSocket()) {
            assertThat(socket.getTcpNoDelay()).isTrue();
        }
    }
}
