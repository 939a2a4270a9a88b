package dev.korm.testkit.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a layer and its server, counts how often one waits for the other, and cuts the connection behind a word: what
 * holds the word reaches the server, and the answer to it never comes back.
 */
public final class CuttingProxy implements AutoCloseable {
    /** What ends a transaction. */
    public static final String COMMIT = "COMMIT";

    /** The driver of PostgreSQL names the statement once, and says that name from then on. */
    private static final Pattern PREPARED_COMMIT = Pattern.compile("(S_[0-9]+\\x00)COMMIT");

    private final ServerSocket door;
    private final int port;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong trips = new AtomicLong();
    private final AtomicReference<@Nullable String> word = new AtomicReference<>();
    private final AtomicReference<@Nullable String> silencing = new AtomicReference<>();
    private volatile boolean silent;

    /** @param port where the server listens, on this machine */
    public CuttingProxy(int port) {
        this.port = port;
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    public int port() {
        return door.getLocalPort();
    }

    /** Cuts the connection that next sends a word, once. */
    public void cutBehind(String newWord) {
        word.set(newWord);
    }

    /** Has nothing come back from the server any more, over connections that stay open. */
    void fallSilent() {
        silent = true;
    }

    /** Has nothing come back from the server once a word was sent to it, over connections that stay open. */
    public void fallSilentBehind(String newWord) {
        silencing.set(newWord);
    }

    /** Whether the word came by. */
    public boolean hasCut() {
        return word.get() == null;
    }

    /** How often a server was waited for: one after another, whatever was said at a time. */
    public long roundTrips() {
        return trips.get();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "cutting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                AtomicBoolean waiting = new AtomicBoolean();
                daemon(() -> pass(client, server, true, waiting));
                daemon(() -> pass(server, client, false, waiting));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    /** @param waiting whether the client has said something to which it heard nothing yet */
    private void pass(Socket from, Socket to, boolean watched, AtomicBoolean waiting) {
        byte[] buffer = new byte[65_536];
        String commit = "";
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                String text = watched ? new String(buffer, 0, read, StandardCharsets.ISO_8859_1) : "";
                Matcher prepared = PREPARED_COMMIT.matcher(text);
                if (prepared.find()) {
                    commit = prepared.group(1);
                }
                String last = silencing.get();
                if (last != null && text.contains(last)) {
                    silent = true;
                }
                String wanted = word.get();
                boolean comes = wanted != null
                        && (text.contains(wanted)
                                || (wanted.equals(COMMIT) && !commit.isEmpty() && text.contains(commit)));
                boolean cut = comes && word.compareAndSet(wanted, null);
                if (cut) {
                    from.close();
                }
                if (waiting.getAndSet(watched) != watched && watched) {
                    trips.incrementAndGet();
                }
                if (silent && !watched) {
                    continue;
                }
                out.write(buffer, 0, read);
                out.flush();
                if (cut) {
                    // The server works on what it got; its answer finds nobody.
                    to.shutdownOutput();
                    return;
                }
            }
        } catch (IOException ended) {
            // Either side has gone.
        }
    }

    @Override
    public void close() {
        try {
            door.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
