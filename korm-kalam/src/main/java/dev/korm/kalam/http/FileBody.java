package dev.korm.kalam.http;

import dev.korm.kalam.file.FilePart;
import dev.korm.kalam.file.UploadProgress;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** A file on its way to the server, which tells how far it is. */
final class FileBody extends RequestBody {
    private static final int PIECE = 64 << 10;

    private final FilePart file;
    private final int index;
    private final int total;
    private final @Nullable Consumer<UploadProgress> progress;

    FileBody(FilePart file, int index, int total, @Nullable Consumer<UploadProgress> progress) {
        this.file = file;
        this.index = index;
        this.total = total;
        this.progress = progress;
    }

    @Override
    public MediaType contentType() {
        return MediaType.get(file.contentType());
    }

    @Override
    public long contentLength() {
        return file.size();
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        byte[] piece = new byte[PIECE];
        long sent = 0;
        try (InputStream content = file.open()) {
            for (int read = content.read(piece); read >= 0; read = content.read(piece)) {
                sent += read;
                if (sent > file.size()) {
                    throw new IOException("The file " + file.placeholder() + " is longer than it was said to be");
                }
                sink.write(piece, 0, read);
                if (sent < file.size()) {
                    tell(sent);
                }
            }
        }
        if (sent < file.size()) {
            throw new IOException("The file " + file.placeholder() + " is shorter than it was said to be");
        }
        tell(sent);
    }

    private void tell(long sent) {
        if (progress != null) {
            int percent = file.size() == 0 ? 100 : (int) (sent * 100 / file.size());
            progress.accept(new UploadProgress(index, total, file.placeholder(), sent, file.size(), percent));
        }
    }
}
