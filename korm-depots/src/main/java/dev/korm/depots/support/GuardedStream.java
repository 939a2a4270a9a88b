package dev.korm.depots.support;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;

/** A file's bytes, whose failures are typed and which its depot ends when it is closed. */
public final class GuardedStream extends FilterInputStream {
    private final OpenStreams streams;
    private final Function<IOException, RuntimeException> failure;

    private GuardedStream(InputStream in, OpenStreams streams, Function<IOException, RuntimeException> failure) {
        super(in);
        this.streams = streams;
        this.failure = failure;
    }

    public static InputStream of(InputStream in, OpenStreams streams, Function<IOException, RuntimeException> failure)
            throws IOException {
        return new GuardedStream(streams.add(in), streams, failure);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        streams.requireOpen();
        try {
            return in.read(buffer, offset, length);
        } catch (IOException failed) {
            streams.requireOpen();
            throw failure.apply(failed);
        }
    }

    @Override
    public long skip(long bytes) {
        try {
            return in.skip(bytes);
        } catch (IOException failed) {
            streams.requireOpen();
            throw failure.apply(failed);
        }
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() throws IOException {
        streams.close(in);
    }
}
