package dev.korm.testkit.contract.store;

import dev.korm.Rn;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;

/** A file of unknown length that is much larger than a program's memory, stored in a depot and read again. */
public final class LargeFile {
    /** The line that {@link #store} prints when what came back is what was stored. */
    public static final String DONE = "Streamed and found the same";

    private static final int PIECE = 1024 * 1024;

    private LargeFile() {}

    /** Stores a file, reads it again as a whole and in part, deletes it, and prints {@value #DONE}. */
    public static void store(DepotSource source, int megabytes) throws IOException {
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
                    && ByteBuffer.wrap(middle).getInt() == megabytes / 2;
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
                ByteBuffer.wrap(piece).putInt((int) (position / PIECE));
            }
            int read = Math.min(length, PIECE - in);
            System.arraycopy(piece, in, buffer, offset, read);
            position += read;
            return read;
        }
    }
}
