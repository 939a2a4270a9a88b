package dev.korm.depots.s3;

import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** The bytes of an object; asked for anew from where they broke off, as long as the object is the same. Used by one thread. */
final class S3Stream extends InputStream {
    /** A request for the rest of the object. */
    interface Rest {
        ResponseInputStream<GetObjectResponse> from(long position);
    }

    private final Rest rest;
    private final long size;
    private ResponseInputStream<GetObjectResponse> in;
    private long position;
    private int attempts;

    /**
     * @param size how many bytes there are
     * @param attempts how often the rest may be asked for
     */
    S3Stream(ResponseInputStream<GetObjectResponse> in, long size, int attempts, Rest rest) {
        this.in = in;
        this.size = size;
        this.attempts = attempts;
        this.rest = rest;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        while (true) {
            try {
                int read = in.read(buffer, offset, length);
                if (read >= 0 || position == size) {
                    position += Math.max(0, read);
                    return read;
                }
                again(new IOException("The object ended before its last byte"));
            } catch (IOException | SdkException failed) {
                again(failed);
            }
        }
    }

    private void again(Exception failed) throws IOException {
        if (attempts-- <= 0 || Thread.currentThread().isInterrupted()) {
            throw failed instanceof IOException broken ? broken : new IOException(failed);
        }
        in.abort();
        try {
            in = rest.from(position);
        } catch (SdkException alsoFailed) {
            failed.addSuppressed(alsoFailed);
            throw failed instanceof IOException broken ? broken : new IOException(failed);
        }
    }

    /** Lets the connection go; what is left is not read. */
    @Override
    public void close() throws IOException {
        if (position == size) {
            in.close();
        } else {
            in.abort();
        }
    }
}
