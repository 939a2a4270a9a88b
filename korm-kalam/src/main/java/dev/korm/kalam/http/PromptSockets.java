package dev.korm.kalam.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Sockets that send at once what they are given (TCP_NODELAY). OkHttp writes a request longer than 8 kB in several pieces, and the system would keep the last one
 * back until the server has confirmed those before; the server, which has nothing to answer yet, does that after 40 ms only.
 */
public class PromptSockets extends SocketFactory {
    /** Makes a source of sockets. */
    public PromptSockets() {}

    /** Returns a socket that is not connected yet. */
    protected Socket unconnected() {
        return new Socket();
    }

    @Override
    public final Socket createSocket() throws IOException {
        Socket socket = unconnected();
        socket.setTcpNoDelay(true);
        return socket;
    }

    @Override
    public final Socket createSocket(String host, int port) throws IOException {
        throw new IOException("Sockets are made without an address");
    }

    @Override
    public final Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return createSocket(host, port);
    }

    @Override
    public final Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket(host.getHostAddress(), port);
    }

    @Override
    public final Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return createSocket(host, port);
    }
}
