package dev.korm.depots.sealed;

import dev.korm.depot.FileContentException;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.PutOptions;
import java.io.InputStream;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Clear bytes as the sealed file that they become. Used by one thread. */
final class SealingStream extends InputStream {
    /** The pieces are counted in 4 bytes, of which the highest number is the trailer's. */
    private static final long MOST = 0xfffffffeL;

    private final SealedFormat format;
    private final Digesting clear;
    private final PutOptions options;
    private byte[] next = new byte[SealedFormat.PIECE];
    private byte[] spare = new byte[SealedFormat.PIECE];
    private byte[] out;
    private int at;
    private int end;
    private int filled = -1;
    private long piece;
    private @Nullable String sha256;

    SealingStream(SealedFormat format, Digesting clear, PutOptions options) {
        this.format = format;
        this.clear = clear;
        this.options = options;
        this.out = format.header();
        this.end = out.length;
    }

    /** Returns the checksum of the clear bytes, when all are sealed. */
    String sha256() {
        if (sha256 == null) {
            throw new IllegalStateException("The checksum is known at the end");
        }
        return sha256;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (at == end && !advance()) {
            return -1;
        }
        int count = Math.min(length, end - at);
        System.arraycopy(out, at, buffer, offset, count);
        at += count;
        return count;
    }

    private boolean advance() {
        if (sha256 != null) {
            return false;
        }
        if (filled < 0) {
            filled = clear.fill(next, 0);
            out = new byte[SealedFormat.PIECE + SealedFormat.TAG];
        }
        at = 0;
        if (filled == 0 && piece > 0) {
            sha256 = clear.check(options);
            out = format.sealTrailer(HexFormat.of().parseHex(sha256));
            end = out.length;
            return true;
        }
        if (piece == MOST) {
            throw new FileContentException("A sealed file has at most 256 terabytes, and was not stored", null);
        }
        // Whether a piece is the last shows only in what comes after it.
        int following = filled < next.length ? 0 : clear.fill(spare, 0);
        end = format.seal(next, filled, piece++, following == 0, out);
        byte[] used = next;
        next = spare;
        spare = used;
        filled = following;
        return true;
    }
}
