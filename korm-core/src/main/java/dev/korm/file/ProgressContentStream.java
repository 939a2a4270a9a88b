package dev.korm.file;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that tells how far it was read. */
final class ProgressContentStream extends FilterInputStream {
    private final long total;
    private final Progress progress;
    private long done;

    ProgressContentStream(InputStream in, long total, Progress progress) {
        super(in);
        this.total = total;
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        int read = in.read();
        if (read >= 0) {
            progress.at(++done, total);
        }
        return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = in.read(buffer, offset, length);
        if (read > 0) {
            done += read;
            progress.at(done, total);
        }
        return read;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
