package dev.korm.wal.backup.format;

import dev.korm.KormException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a backup, as streams that a depot reads. Lines are asked for as the depot takes bytes, so nothing is held but a few
 * chunks, which other threads write, hash, compress and seal meanwhile. For one thread.
 */
public final class PartWriter {
    /** The size beyond which no further chunk is put into a part: small parts at first, since a part can be read back when it is stored, and larger ones the more there is, since each one costs a depot some calls. */
    private static final long LEAST = 16L * 1024 * 1024;

    private static final long MOST = 4 * LEAST;

    /** A part is about so small beside what was written before. */
    private static final int SHARE = 8;

    /** Chunks that are compressed at the same time, or wait for their turn. */
    private static final int AHEAD = 4;

    private final LineSource source;
    private final LineWriter lines = new LineWriter();
    private final ExecutorService workers;
    private final @Nullable ChunkSeal seal;
    private final Pace pace;
    private final Queue<Future<byte[]>> packed = new ArrayDeque<>();
    private long written;
    private long number;
    private boolean ended;

    public PartWriter(LineSource source, ExecutorService workers, @Nullable ChunkSeal seal, Pace pace) {
        this.source = source;
        this.workers = workers;
        this.seal = seal;
        this.pace = pace;
    }

    /** Returns whether there is another part. */
    public boolean hasNext() {
        fill();
        return !packed.isEmpty();
    }

    /** Returns the next part, to be read to its end before the next is asked for. */
    public Part next() {
        return new Part();
    }

    /** Has chunks packed until enough are under way. */
    private void fill() {
        while (!ended && packed.size() < AHEAD) {
            boolean more = true;
            while (more && !lines.isFull()) {
                more = source.writeNext(lines);
            }
            ended = !more;
            LineWriter.Filled filled = lines.take();
            if (!filled.isEmpty()) {
                long of = number++;
                packed.add(workers.submit(() -> {
                    Bytes bytes = filled.write();
                    return Chunk.pack(of, bytes.array(), bytes.size(), seal);
                }));
                pace.took(filled.size());
            }
        }
    }

    /** The bytes of one part. */
    public final class Part extends InputStream {
        private final MessageDigest digest = TableHash.sha256();
        private byte[] chunk = new byte[0];
        private final long full = Math.max(LEAST, Math.min(MOST, written / SHARE));
        private int at;
        private long size;

        private Part() {}

        /** Returns the size of what was read. */
        public long size() {
            return size;
        }

        /** Returns the hash of what was read, once. */
        public String sha256() {
            return HexFormat.of().formatHex(digest.digest());
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            Objects.checkFromIndexSize(from, length, to.length);
            if (length == 0) {
                return 0;
            }
            if (at == chunk.length && !advance()) {
                return -1;
            }
            int some = Math.min(length, chunk.length - at);
            System.arraycopy(chunk, at, to, from, some);
            at += some;
            return some;
        }

        private boolean advance() throws IOException {
            if (size >= full) {
                return false;
            }
            fill();
            Future<byte[]> next = packed.poll();
            if (next == null) {
                return false;
            }
            try {
                chunk = next.get();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while a chunk was packed");
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof KormException known) {
                    throw known;
                }
                throw new IllegalStateException("A chunk could not be packed", failed.getCause());
            }
            at = 0;
            size += chunk.length;
            written += chunk.length;
            digest.update(chunk);
            return true;
        }
    }
}
