package dev.korm.depots;

import dev.korm.Rn;
import dev.korm.depots.local.LocalDepot;
import dev.korm.depots.s3.S3Depot;
import dev.korm.spi.Environment;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;

/**
 * A program of its own with little memory, which stores a large file of unknown length, reads it again and prints {@value #DONE}.
 * Arguments: folder, or the endpoint, bucket, prefix, id and secret of S3; and at the end the megabytes.
 */
final class Streaming {
    static final String DONE = "Streamed and found the same";
    private static final int PIECE = 1024 * 1024;

    private Streaming() {}

    public static void main(String[] arguments) throws Exception {
        int megabytes = Integer.parseInt(arguments[arguments.length - 1]);
        DepotSource source = arguments.length == 2
                ? LocalDepot.at(Path.of(arguments[0]))
                : S3Depot.bucket(arguments[1])
                        .endpoint(arguments[0])
                        .prefix(arguments[2])
                        .credentials(arguments[3], arguments[4]);
        Rn<?> file = Rn.file("files", "large");
        try (Depot depot = source.open("files", Environment.system())) {
            FileStat stored = depot.put(file, new Generated(megabytes), PutOptions.NONE);
            var digest = Digesting.sha256();
            byte[] buffer = new byte[64 * 1024];
            long size = 0;
            try (FileContent content = depot.get(file)) {
                for (int read = content.stream().read(buffer);
                        read >= 0;
                        read = content.stream().read(buffer)) {
                    digest.update(buffer, 0, read);
                    size += read;
                }
            }
            byte[] middle;
            long at = (long) megabytes / 2 * PIECE;
            try (FileContent part = depot.get(file, new ByteRange(at, 4))) {
                middle = part.stream().readAllBytes();
            }
            boolean same = size == (long) megabytes * PIECE
                    && stored.size() == size
                    && stored.sha256().orElse("").equals(HexFormat.of().formatHex(digest.digest()))
                    && java.nio.ByteBuffer.wrap(middle).getInt() == megabytes / 2;
            System.out.println(same ? DONE : "Something else came back: " + size + " bytes");
            depot.delete(file);
        }
    }

    /** Each megabyte begins with its number. */
    private static final class Generated extends InputStream {
        private final byte[] piece = new byte[PIECE];
        private final long size;
        private long position;

        Generated(int megabytes) {
            new Random(5).nextBytes(piece);
            size = (long) megabytes * PIECE;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (position == size) {
                return -1;
            }
            int in = (int) (position % PIECE);
            if (in == 0) {
                java.nio.ByteBuffer.wrap(piece).putInt((int) (position / PIECE));
            }
            int read = Math.min(length, PIECE - in);
            System.arraycopy(piece, in, buffer, offset, read);
            position += read;
            return read;
        }
    }
}
