package dev.korm.benchmarks;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Many clients of a gateway that follow one query and count the frames that come, by one thread and without a look at what is in them. For each number on the input it answers
 * {@code ready}, and, when so many frames have come, the time of this machine's clock in nanoseconds. Arguments: port, how many sockets.
 */
final class FrameCounter {
    private static final int GREETING = 4;
    private static final byte[] SUBSCRIBE =
            masked("{\"op\":\"subscribe\",\"table\":\"todos\",\"hashId\":\"h\",\"queryJson\":"
                    + "{\"order\":[{\"field\":\"n\",\"sort\":\"DESC_DEFAULT\"}],\"limit\":20}}");

    private final Selector selector = Selector.open();
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(256 << 10);
    private long frames;

    private FrameCounter() throws IOException {}

    /** The part of a frame that a socket has still to come: its head is kept until it is whole. */
    private static final class Stream {
        private final byte[] head = new byte[10];
        private int headBytes;
        private long missing;
    }

    public static void main(String[] arguments) throws IOException {
        FrameCounter counter = new FrameCounter();
        int sockets = Integer.parseInt(arguments[1]);
        long begun = System.nanoTime();
        for (int i = 0; i < sockets; i++) {
            counter.open(Integer.parseInt(arguments[0]));
            counter.await((i + 1L) * GREETING);
        }
        System.out.printf("%d sockets follow after %.1f s%n", sockets, (System.nanoTime() - begun) / 1e9);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            counter.frames = 0;
            System.out.println("ready");
            counter.await(Long.parseLong(line));
            System.out.println(System.nanoTime());
        }
    }

    private void open(int port) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.write(ByteBuffer.wrap(("GET / HTTP/1.1\r\nHost: localhost:" + port
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                        + "AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer one = ByteBuffer.allocate(1);
        for (int ends = 0; ends < 4; ) {
            one.clear();
            if (channel.read(one) < 0) {
                throw new EOFException("The gateway takes no more sockets");
            }
            ends = one.get(0) == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : 0;
        }
        channel.write(ByteBuffer.wrap(SUBSCRIBE));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new Stream());
    }

    private void await(long until) throws IOException {
        while (frames < until) {
            selector.select(this::read, 60_000);
        }
    }

    private void read(SelectionKey key) {
        try {
            bytes.clear();
            if (((SocketChannel) key.channel()).read(bytes) < 0) {
                throw new EOFException("The gateway closed a socket");
            }
            bytes.flip();
            count((Stream) key.attachment());
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private void count(Stream stream) {
        while (bytes.hasRemaining()) {
            if (stream.missing > 0) {
                int taken = (int) Math.min(stream.missing, bytes.remaining());
                bytes.position(bytes.position() + taken);
                stream.missing -= taken;
            } else {
                stream.head[stream.headBytes++] = bytes.get();
                int length = stream.head[1] & 0x7f;
                int whole = length < 126 ? 2 : length == 126 ? 4 : 10;
                if (stream.headBytes < 2 || stream.headBytes < whole) {
                    continue;
                }
                stream.headBytes = 0;
                ByteBuffer head = ByteBuffer.wrap(stream.head);
                stream.missing = whole == 2 ? length : whole == 4 ? head.getShort(2) & 0xffff : head.getLong(2);
            }
            if (stream.missing == 0) {
                // A ping is no message.
                frames += (stream.head[0] & 0xf) == 1 ? 1 : 0;
            }
        }
    }

    /** Returns a text frame, masked by zeros as the protocol wants it from a client. */
    private static byte[] masked(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + payload.length)
                .put((byte) 0x81)
                .put((byte) (0x80 | 126))
                .putShort((short) payload.length)
                .putInt(0)
                .put(payload)
                .array();
    }
}
