package dev.korm.gateway.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames and what Jetty writes come whole, one after the other. */
@Timeout(60)
class FrameEndPointTest {
    /** More than the operating system takes for one who does not read. */
    private static final int LARGE = 12_000_000;

    private final CompletableFuture<FrameEndPoint> accepted = new CompletableFuture<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Server server = new Server();
    private Socket client;
    private FrameEndPoint socket;

    @BeforeEach
    void connect() throws Exception {
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory()) {
            @Override
            protected SocketChannelEndPoint newEndPoint(
                    SocketChannel channel, ManagedSelector selector, SelectionKey key) {
                FrameEndPoint made = new FrameEndPoint(channel, selector, key, getScheduler());
                accepted.complete(made);
                return made;
            }
        };
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.start();
        client = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
        socket = accepted.get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.stop();
    }

    private Callback telling(String what) {
        return Callback.from(() -> told.add(what), failure -> told.add(what + " failed"));
    }

    private void awaitTold(int many) {
        while (told.size() < many) {
            LockSupport.parkNanos(100_000);
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private String read(int length) throws Exception {
        InputStream in = client.getInputStream();
        return new String(in.readNBytes(length), US_ASCII);
    }

    @Test
    void what_jetty_writes_follows_a_frame_of_which_half_is_out() throws Exception {
        String large = "x".repeat(LARGE);
        assertThat(socket.writeFrame(bytes(large), () -> true, telling("frame")))
                .isTrue();
        socket.write(telling("pong"), bytes("pong"));
        assertThat(socket.writeFrame(bytes("another"), () -> true, telling("another")))
                .as("Jetty waits already")
                .isFalse();
        assertThat(told).isEmpty();
        assertThat(read(LARGE + 4)).isEqualTo(large + "pong");
        awaitTold(2);
        socket.write(telling("end"), bytes("end"));
        assertThat(read(3)).isEqualTo("end");
        awaitTold(3);
        assertThat(told).containsExactlyInAnyOrder("frame", "pong", "end");
    }

    @Test
    void a_frame_does_not_come_into_the_midst_of_what_jetty_writes() throws Exception {
        String large = "x".repeat(LARGE);
        socket.write(telling("jetty"), bytes(large));
        assertThat(socket.writeFrame(bytes("frame"), () -> true, telling("frame")))
                .isFalse();
        assertThat(read(LARGE)).isEqualTo(large);
        awaitTold(1);
        assertThat(socket.writeFrame(bytes("frame"), () -> true, telling("frame")))
                .isTrue();
        assertThat(read(5)).isEqualTo("frame");
        awaitTold(2);
        assertThat(told).containsExactly("jetty", "frame");
    }

    @Test
    void no_frame_follows_the_one_that_closes() throws Exception {
        assertThat(socket.writeFrame(bytes("late"), () -> false, telling("late")))
                .isFalse();
        socket.write(telling("close"), bytes("close"));
        assertThat(read(5)).isEqualTo("close");
        awaitTold(1);
        assertThat(told).containsExactly("close");
    }

    @Test
    void a_frame_for_one_who_has_gone_fails_and_keeps_nobody_waiting() throws Exception {
        assertThat(socket.writeFrame(bytes("x".repeat(LARGE)), () -> true, telling("frame")))
                .isTrue();
        socket.write(telling("pong"), bytes("pong"));
        socket.close();
        awaitTold(2);
        assertThat(told).containsExactlyInAnyOrder("frame failed", "pong failed");
    }
}
