package dev.korm.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection without a library: what is written is all that is sent, and nothing is read by itself. */
final class RawClient implements AutoCloseable {
    final Socket socket = new Socket();
    final OutputStream out;
    final DataInputStream in;

    RawClient(int port, String tenant) throws IOException {
        socket.setReceiveBufferSize(4096);
        socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(20_000);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
        out.write(("GET / HTTP/1.1\r\n"
                        + "Host: x\r\n"
                        + "Upgrade: websocket\r\n"
                        + "Connection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                        + "Authorization: Bearer "
                        + TestTokens.token(tenant, "raw") + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 101");
    }

    void text(String text) throws IOException {
        byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        out.write(0x81);
        if (bytes.length < 126) {
            out.write(0x80 | bytes.length);
        } else {
            out.write(0x80 | 126);
            out.write(bytes.length >> 8);
            out.write(bytes.length);
        }
        out.write(new byte[4]); // A mask of zeros changes nothing.
        out.write(bytes);
        out.flush();
    }

    /** Sends a ping of one byte, which the other side answers. */
    void ping(int content) throws IOException {
        out.write(new byte[] {(byte) 0x89, (byte) 0x81, 0, 0, 0, 0, (byte) content});
        out.flush();
    }

    /** A frame: its opcode, and what is in it. */
    record Frame(int opcode, byte[] payload) {
        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    /** Reads the next frame. */
    Frame read() throws IOException {
        Head head = head();
        return new Frame(head.opcode, in.readNBytes((int) head.length));
    }

    /** The beginning of a frame: its opcode, and how many bytes follow. */
    record Head(int opcode, long length) {}

    /** Reads the beginning of the next frame. */
    Head head() throws IOException {
        int opcode = in.readUnsignedByte() & 0xF;
        long length = in.readUnsignedByte() & 0x7F;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        return new Head(opcode, length);
    }

    /** Reads frames until a text has this in it, and returns it. */
    String textWith(String piece) throws IOException {
        while (true) {
            Frame frame = read();
            String text = frame.text();
            if (frame.opcode() == 1 && text.contains(piece)) {
                return text;
            }
        }
    }

    /** Reads frames until one closes the connection, and returns its code; -1 where the connection ends without one. */
    int closeCode() throws IOException {
        try {
            while (true) {
                Head head = head();
                if (head.opcode == 8) {
                    return in.readUnsignedShort();
                }
                in.skipNBytes(head.length);
            }
        } catch (java.io.EOFException | java.net.SocketException ended) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
