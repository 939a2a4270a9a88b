#!/usr/bin/env bash
# OkHttp 5.5.1: a request whose body is longer than 8 kB takes 40 ms more than a shorter one over a connection that is kept, on Linux, since the
# client leaves TCP_NODELAY off.
#
# OkHttp writes a request in pieces of 8,192 bytes. The system keeps the last, short one back until those before are confirmed (Nagle's algorithm); the
# server's system confirms them only after 40 ms (delayed acknowledgement), as the server itself has nothing to answer until it has the whole request.
#
# Seen with OpenJDK 17 on Linux 6.18:
#   TCP_NODELAY of a connection: false
#   most requests of 4,000 bytes take 35 ms or more: false
#   most requests of 10,000 bytes take 35 ms or more: true
#   most requests of 10,000 bytes take 35 ms or more, with TCP_NODELAY: false
# What follows: give the client a socketFactory whose createSocket() calls setTcpNoDelay(true).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version>
<dependencies><dependency><groupId>com.squareup.okhttp3</groupId><artifactId>okhttp-jvm</artifactId><version>5.5.1</version></dependency></dependencies></project>
POM
mvn -q dependency:copy-dependencies -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import java.io.*;
import java.net.*;
import java.util.*;
import javax.net.SocketFactory;
import okhttp3.*;

public class Demo {
    static final int REQUESTS = 41;

    /** Reads each request whole, and answers it by one packet. */
    static void serve(ServerSocket listening) {
        try {
            while (true) {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                Thread thread = new Thread(() -> {
                    try (socket; DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
                        while (true) {
                            int length = 0;
                            String line = line(in);
                            for (; !line.isEmpty(); line = line(in)) {
                                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                                    length = Integer.parseInt(line.substring(15).trim());
                                }
                            }
                            in.readFully(new byte[length]);
                            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes());
                        }
                    } catch (IOException end) {
                        // The client has gone.
                    }
                });
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException end) {
            // It is over.
        }
    }

    static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    static boolean isSlow(OkHttpClient client, HttpUrl url, int bytes) throws IOException {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            long began = System.nanoTime();
            client.newCall(new Request.Builder().url(url).post(RequestBody.create(new byte[bytes])).build()).execute().close();
            times.add((System.nanoTime() - began) / 1_000_000);
        }
        Collections.sort(times);
        return times.get(REQUESTS / 2) >= 35;
    }

    public static void main(String[] args) throws Exception {
        ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread server = new Thread(() -> serve(listening));
        server.setDaemon(true);
        server.start();
        HttpUrl url = HttpUrl.get("http://127.0.0.1:" + listening.getLocalPort() + "/");
        boolean[] noDelay = {false};
        OkHttpClient plain = new OkHttpClient.Builder().addNetworkInterceptor(chain -> {
            noDelay[0] = chain.connection().socket().getTcpNoDelay();
            return chain.proceed(chain.request());
        }).build();
        boolean isShortSlow = isSlow(plain, url, 4_000);
        System.out.println("TCP_NODELAY of a connection: " + noDelay[0]);
        System.out.println("most requests of 4,000 bytes take 35 ms or more: " + isShortSlow);
        System.out.println("most requests of 10,000 bytes take 35 ms or more: " + isSlow(plain, url, 10_000));
        OkHttpClient prompt = new OkHttpClient.Builder().socketFactory(new SocketFactory() {
            public Socket createSocket() throws IOException {
                Socket socket = new Socket();
                socket.setTcpNoDelay(true);
                return socket;
            }
            public Socket createSocket(String host, int port) { throw new UnsupportedOperationException(); }
            public Socket createSocket(String host, int port, InetAddress local, int at) { throw new UnsupportedOperationException(); }
            public Socket createSocket(InetAddress host, int port) { throw new UnsupportedOperationException(); }
            public Socket createSocket(InetAddress host, int port, InetAddress local, int at) { throw new UnsupportedOperationException(); }
        }).build();
        System.out.println("most requests of 10,000 bytes take 35 ms or more, with TCP_NODELAY: " + isSlow(prompt, url, 10_000));
        System.exit(0);
    }
}
JAVA
java -Xmx256m -cp 'lib/*' Demo.java | tee out
diff out - <<'EXPECTED'
TCP_NODELAY of a connection: false
most requests of 4,000 bytes take 35 ms or more: false
most requests of 10,000 bytes take 35 ms or more: true
most requests of 10,000 bytes take 35 ms or more, with TCP_NODELAY: false
EXPECTED
echo "as described"
