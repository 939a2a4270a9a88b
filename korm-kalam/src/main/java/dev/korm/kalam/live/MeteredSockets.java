package dev.korm.kalam.live;

import dev.korm.kalam.http.PromptSockets;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Sockets that end when more bytes arrive for one message than the limit, since OkHttp gathers a message of whatever size in memory. */
final class MeteredSockets extends PromptSockets {
    private final long limit;
    private final AtomicLong received = new AtomicLong();

    MeteredSockets(long limit) {
        this.limit = limit;
    }

    /** Begins to count anew, when a message is there. */
    void reset() {
        received.set(0);
    }

    @Override
    protected Socket unconnected() {
        return new MeteredSocket();
    }

    private final class MeteredSocket extends Socket {
        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    int value = super.read();
                    count(value < 0 ? 0 : 1);
                    return value;
                }

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    int read = super.read(target, offset, length);
                    count(Math.max(0, read));
                    return read;
                }
            };
        }

        private void count(int bytes) throws IOException {
            if (received.addAndGet(bytes) > limit) {
                throw new TooLarge();
            }
        }
    }

    /** The end of a connection whose message is too large. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        TooLarge() {
            super("A message is larger than the client's limit");
        }
    }
}
