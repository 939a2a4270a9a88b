package dev.korm.testkit.postgres;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between programs and a PostgreSQL server as a pooler of transactions does, and does its worst: each transaction goes to
 * the server connection that has been idle for longest, so one program's two transactions in a row meet different ones. Nothing
 * that a transaction leaves behind in its session is cleared.
 *
 * <p>It speaks the protocol of postgresql.org/docs, "Frontend/Backend Protocol", as far as a driver needs it whose server trusts
 * everybody.
 */
final class TransactionPooler implements AutoCloseable {
    private static final int PROTOCOL = 196_608;
    private static final int CANCEL = 80_877_102;
    private static final int KEY = 4242;

    /** So many server connections there are at least, so that there is another one to go to. */
    private static final int SERVERS = 3;

    private final int port;
    private final byte[] startup;
    private final ServerSocket door;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Deque<Server> idle = new ArrayDeque<>();
    private final Map<Integer, Server> working = new ConcurrentHashMap<>();
    private final AtomicInteger clients = new AtomicInteger(1 << 24);

    /**
     * @param port where the server listens, on this machine
     * @param user who connects to it, without a password
     */
    TransactionPooler(int port, String user, String database) {
        this.port = port;
        this.startup = startup(user, database);
        try {
            for (int i = 0; i < SERVERS; i++) {
                idle.add(new Server());
            }
            door = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    private static byte[] startup(String user, String database) {
        String text = "user\0" + user + "\0database\0" + database + "\0client_encoding\0UTF8\0DateStyle\0ISO\0\0";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "transaction-pooler");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                client.setTcpNoDelay(true);
                sockets.add(client);
                daemon(() -> {
                    try (client) {
                        serve(client);
                    } catch (IOException gone) {
                        // The program or the server has left.
                    } finally {
                        sockets.remove(client);
                    }
                });
            }
        } catch (IOException closed) {
            // The tests are over.
        }
    }

    private synchronized Server lend() throws IOException {
        Server server = idle.pollFirst();
        return server == null ? new Server() : server;
    }

    private synchronized void giveBack(Server server) {
        idle.addLast(server);
    }

    private void serve(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        while (true) {
            byte[] begin = in.readNBytes(in.readInt() - Integer.BYTES);
            int code = number(begin, 0);
            if (code == PROTOCOL) {
                break;
            }
            if (code == CANCEL) {
                Server server = working.get(number(begin, Integer.BYTES));
                if (server != null) {
                    server.cancel();
                }
                return;
            }
            out.writeByte('N'); // It asked for encryption.
            out.flush();
        }
        int me = clients.incrementAndGet();
        greet(out, me);
        Server server = null;
        try {
            for (int type = in.read(); type >= 0 && type != 'X'; type = in.read()) {
                if (server == null) {
                    server = lend();
                    working.put(me, server);
                }
                server.send(type, in);
                if (isAnswered(type) && server.answer(out) == 'I') {
                    working.remove(me);
                    giveBack(server);
                    server = null;
                }
            }
        } finally {
            working.remove(me);
            if (server != null) {
                server.close();
            }
        }
    }

    /** Returns whether the server answers a message: the end of some, a statement, or the end of rows that are copied. */
    private static boolean isAnswered(int type) {
        return type == 'S' || type == 'Q' || type == 'c' || type == 'f';
    }

    /** Says what the server says at first, and for a process and a key only what means something here. */
    private void greet(DataOutputStream out, int client) throws IOException {
        Server server = lend();
        out.write(server.greeting);
        giveBack(server);
        out.writeByte('K');
        out.writeInt(12);
        out.writeInt(client);
        out.writeInt(KEY);
        out.writeByte('Z');
        out.writeInt(5);
        out.writeByte('I');
        out.flush();
    }

    private static int number(byte[] bytes, int at) {
        return java.nio.ByteBuffer.wrap(bytes).getInt(at);
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

    /** A connection to the server. For one thread at a time. */
    private final class Server {
        private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        private final DataInputStream in;
        private final DataOutputStream out;
        private final byte[] greeting;
        private byte[] process = new byte[0];

        Server() throws IOException {
            socket.setTcpNoDelay(true);
            sockets.add(socket);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
            out.writeInt(startup.length + 2 * Integer.BYTES);
            out.writeInt(PROTOCOL);
            out.write(startup);
            out.flush();
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            DataOutputStream saying = new DataOutputStream(said);
            for (int type = in.readByte(); type != 'Z'; type = in.readByte()) {
                byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
                if (type == 'K') {
                    process = body;
                } else {
                    write(saying, type, body);
                }
            }
            in.readNBytes(in.readInt() - Integer.BYTES);
            greeting = said.toByteArray();
        }

        void send(int type, DataInputStream from) throws IOException {
            byte[] body = from.readNBytes(from.readInt() - Integer.BYTES);
            write(out, type, body);
            if (isAnswered(type) || type == 'H') {
                out.flush();
            }
        }

        /** Passes the answer on, and tells what the session is then in: a transaction, a failed one, or none. */
        int answer(DataOutputStream to) throws IOException {
            while (true) {
                int type = in.read();
                if (type < 0) {
                    throw new EOFException();
                }
                byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
                write(to, type, body);
                if (type == 'Z') {
                    to.flush();
                    return body[0];
                }
                if (type == 'G') {
                    // It waits for rows.
                    to.flush();
                    return 'T';
                }
            }
        }

        private void write(DataOutputStream to, int type, byte[] body) throws IOException {
            to.writeByte(type);
            to.writeInt(body.length + Integer.BYTES);
            to.write(body);
        }

        void cancel() throws IOException {
            try (Socket other = new Socket(InetAddress.getLoopbackAddress(), port);
                    DataOutputStream asking = new DataOutputStream(other.getOutputStream())) {
                asking.writeInt(process.length + 2 * Integer.BYTES);
                asking.writeInt(CANCEL);
                asking.write(process);
                asking.flush();
                other.getInputStream().readAllBytes();
            }
        }

        void close() throws IOException {
            sockets.remove(socket);
            socket.close();
        }
    }
}
