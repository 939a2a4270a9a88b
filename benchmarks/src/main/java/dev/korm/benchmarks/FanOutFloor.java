package dev.korm.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Times what {@link FanOutSpeed} times without a gateway: one frame, made before, written to as many sockets by a loop in each of two threads. Nothing that sends a frame to each socket is faster on this
 * machine. Arguments: how many sockets, how many rounds, how many bytes a frame has.
 */
public final class FanOutFloor {
    private static final int WARM = 10;
    private static final int THREADS = 2;
    private static final int GREETING = 4;

    private FanOutFloor() {}

    /** Prints a line. */
    public static void main(String[] arguments) throws Exception {
        int sockets = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 30;
        int length = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 250;
        byte[] frame = new byte[length];
        frame[0] = (byte) 0x81;
        frame[1] = 126;
        frame[2] = (byte) ((length - 4) >> 8);
        frame[3] = (byte) (length - 4);
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
            Process counting = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            FrameCounter.class.getName(),
                            Integer.toString(((InetSocketAddress) server.getLocalAddress()).getPort()),
                            Integer.toString(sockets))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            List<SocketChannel> all = new ArrayList<>();
            try (BufferedReader said = new BufferedReader(
                            new InputStreamReader(counting.getInputStream(), StandardCharsets.UTF_8));
                    PrintStream ask = new PrintStream(counting.getOutputStream(), true, StandardCharsets.UTF_8)) {
                for (int i = 0; i < sockets; i++) {
                    all.add(greeted(server.accept()));
                }
                System.out.println(said.readLine());
                run(all, ByteBuffer.allocateDirect(length).put(frame).flip(), said, ask, rounds);
            } finally {
                counting.destroy();
                for (SocketChannel each : all) {
                    each.close();
                }
            }
        }
    }

    /** Says what a gateway would up to the snapshot. */
    private static SocketChannel greeted(SocketChannel socket) throws IOException {
        ByteBuffer asked = ByteBuffer.allocate(1024);
        socket.read(asked);
        socket.write(ByteBuffer.wrap("HTTP/1.1 101 Switching\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        asked.clear();
        socket.read(asked);
        ByteBuffer greeting = ByteBuffer.allocate(2 * GREETING);
        for (int i = 0; i < GREETING; i++) {
            greeting.put((byte) 0x81).put((byte) 0);
        }
        socket.write(greeting.flip());
        socket.configureBlocking(false);
        return socket;
    }

    private static void run(List<SocketChannel> all, ByteBuffer frame, BufferedReader said, PrintStream ask, int rounds)
            throws Exception {
        long[] nanos = new long[rounds];
        for (int round = -WARM; round < rounds; round++) {
            ask.println(all.size());
            said.readLine();
            long begun = System.nanoTime();
            CountDownLatch done = new CountDownLatch(THREADS);
            for (int thread = 0; thread < THREADS; thread++) {
                List<SocketChannel> part =
                        all.subList(all.size() * thread / THREADS, all.size() * (thread + 1) / THREADS);
                new Thread(() -> {
                            for (SocketChannel each : part) {
                                write(each, frame.duplicate());
                            }
                            done.countDown();
                        })
                        .start();
            }
            long last = Long.parseLong(said.readLine());
            done.await();
            if (round >= 0) {
                nanos[round] = last - begun;
            }
        }
        Arrays.sort(nanos);
        double half = nanos[rounds / 2] / 1e9;
        System.out.printf(
                "%d sockets, %d bytes written by a bare loop: the last has them after %.0f ms (half of %d rounds; best %.0f, worst %.0f), %,.0f frames a second%n",
                all.size(),
                frame.remaining(),
                half * 1e3,
                rounds,
                nanos[0] / 1e6,
                nanos[rounds - 1] / 1e6,
                all.size() / half);
    }

    private static void write(SocketChannel socket, ByteBuffer frame) {
        try {
            if (socket.write(frame) == 0 || frame.hasRemaining()) {
                throw new IOException("A socket is full");
            }
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
