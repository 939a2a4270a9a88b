package dev.korm.spi.depot;

import dev.korm.Rn;
import dev.korm.depot.CorruptFileException;
import dev.korm.depot.FileContentException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Counts and digests bytes as they are read, for depots. Used by one thread.
 *
 * <pre>{@code
 * Digesting content = Digesting.source(given, file);
 * … content.read(buffer) …
 * content.check(options);
 * }</pre>
 */
public final class Digesting extends FilterInputStream {
    private final MessageDigest digest = sha256();
    private final Rn<?> rn;
    private long count;

    private Digesting(InputStream in, Rn<?> rn) {
        super(in);
        this.rn = rn;
    }

    /** Wraps the content of a file that is to be stored. Its own failures come out as {@link FileContentException}. */
    public static Digesting source(InputStream content, Rn<?> rn) {
        return new Digesting(content, rn);
    }

    /**
     * Returns a file that is read as a whole: in place of its end, a {@link CorruptFileException} when it is not as
     * recorded.
     */
    public static InputStream verifying(InputStream in, FileStat stat, String depot) {
        return new Verifying(in, stat, depot);
    }

    /** Returns a new SHA-256. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every Java platform has SHA-256", missing);
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        int read;
        try {
            read = in.read(buffer, offset, length);
        } catch (IOException failed) {
            throw new FileContentException(
                    rn + " was not stored, since its content could not be read; check its source", failed);
        }
        if (read > 0) {
            digest.update(buffer, offset, read);
            count += read;
        }
        return read;
    }

    /** Fills the array as far as there are bytes, and answers how many there were. */
    public int fill(byte[] buffer, int from) {
        int filled = from;
        while (filled < buffer.length) {
            int read = read(buffer, filled, buffer.length - filled);
            if (read < 0) {
                break;
            }
            filled += read;
        }
        return filled;
    }

    @Override
    public long skip(long bytes) {
        return 0;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** Does nothing: the content still belongs to its giver. */
    @Override
    public void close() {}

    /** Returns how many bytes were read. */
    public long count() {
        return count;
    }

    /** Returns the checksum of what was read. Asked once, at the end. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Checks what was read against what was announced, and answers its checksum. Asked once, at the end.
     *
     * @throws FileContentException when it is something else
     */
    public String check(PutOptions options) {
        String actual = hex();
        if (options.size().isPresent() && options.size().getAsLong() != count) {
            throw new FileContentException(
                    rn + " was not stored: its content has " + count + " bytes, and "
                            + options.size().getAsLong() + " were announced",
                    null);
        }
        if (options.sha256().filter(expected -> !expected.equals(actual)).isPresent()) {
            throw new FileContentException(
                    rn + " was not stored: its content has another SHA-256 than was announced", null);
        }
        return actual;
    }

    private static final class Verifying extends FilterInputStream {
        private final MessageDigest digest = sha256();
        private final FileStat stat;
        private final String depot;
        private long count;

        Verifying(InputStream in, FileStat stat, String depot) {
            super(in);
            this.stat = stat;
            this.depot = depot;
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
                digest.update(buffer, offset, read);
                count += read;
            } else if (read < 0) {
                check();
            }
            return read;
        }

        private void check() {
            boolean same = count == stat.size()
                    && stat.sha256()
                            .map(expected -> expected.equals(
                                    HexFormat.of().formatHex(clone(digest).digest())))
                            .orElse(true);
            if (!same) {
                throw new CorruptFileException(
                        depot,
                        stat.rn(),
                        stat.rn() + " in the depot \"" + depot + "\" is not what was stored: its bytes do not have the"
                                + " recorded SHA-256. Restore it; when another program changed it on purpose, store it"
                                + " anew",
                        null);
            }
        }

        private static MessageDigest clone(MessageDigest digest) {
            try {
                return (MessageDigest) digest.clone();
            } catch (CloneNotSupportedException unable) {
                throw new IllegalStateException("The platform's SHA-256 can be cloned", unable);
            }
        }

        @Override
        public long skip(long bytes) throws IOException {
            byte[] buffer = new byte[8192];
            long skipped = 0;
            while (skipped < bytes) {
                int read = read(buffer, 0, (int) Math.min(buffer.length, bytes - skipped));
                if (read < 0) {
                    break;
                }
                skipped += read;
            }
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
