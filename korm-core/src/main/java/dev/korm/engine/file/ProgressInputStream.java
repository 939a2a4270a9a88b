package dev.korm.engine.file;

import dev.korm.file.Progress;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream of unknown length that tells how far it was read. */
final class ProgressInputStream extends FilterInputStream {
    private final Progress progress;
    private long done;

    private ProgressInputStream(InputStream in, Progress progress) {
        super(in);
        this.progress = progress;
    }

    static InputStream of(InputStream in, Progress progress) {
        return progress == Progress.NONE ? in : new ProgressInputStream(in, progress);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = in.read(buffer, offset, length);
        if (read > 0) {
            done += read;
            progress.at(done, Progress.UNKNOWN);
        }
        return read;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
