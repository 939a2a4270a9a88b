package dev.korm.depots.sealed;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/** Pieces of a sealed file as clear bytes, each only when its tag was right. Used by one thread. */
final class OpeningStream extends FilterInputStream {
    private final SealedFormat format;
    private final long clearSize;
    private final Supplier<? extends RuntimeException> damaged;
    private final Ending ending;
    private final byte[] sealed = new byte[SealedFormat.PIECE + SealedFormat.TAG];
    private final byte[] clear = new byte[SealedFormat.PIECE];
    private int at;
    private int end;
    private long piece;
    private boolean ended;

    /** The expectation of what follows the pieces that are read. */
    enum Ending {
        /** The trailer and the file's end, which are checked. */
        TRAILER,
        /** Ends anywhere: what follows is not read. */
        OPEN
    }

    /**
     * @param sealed begins with a piece
     * @param piece the number of that piece
     * @param clearSize of the whole file
     * @param damaged what is thrown when a piece does not open
     */
    OpeningStream(
            InputStream sealed,
            SealedFormat format,
            long piece,
            long clearSize,
            Ending ending,
            Supplier<? extends RuntimeException> damaged) {
        super(sealed);
        this.format = format;
        this.piece = piece;
        this.clearSize = clearSize;
        this.ending = ending;
        this.damaged = damaged;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == end) {
            if (ended) {
                return -1;
            }
            advance();
        }
        int count = Math.min(length, end - at);
        System.arraycopy(clear, at, buffer, offset, count);
        at += count;
        return count;
    }

    private void advance() throws IOException {
        long pieces = SealedFormat.pieces(clearSize);
        if (piece == pieces) {
            if (ending == Ending.TRAILER) {
                byte[] trailer = in.readNBytes(SealedFormat.TRAILER);
                if (format.openTrailer(trailer).isEmpty() || in.read() >= 0) {
                    throw damaged.get();
                }
            }
            ended = true;
            return;
        }
        boolean last = piece == pieces - 1;
        long expected = (last ? clearSize - piece * SealedFormat.PIECE : SealedFormat.PIECE) + SealedFormat.TAG;
        int read = in.readNBytes(sealed, 0, (int) expected);
        at = 0;
        end = read < expected ? -1 : format.open(sealed, read, piece, last, clear);
        if (end < 0) {
            end = 0;
            throw damaged.get();
        }
        piece++;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long skipped = 0;
        byte[] buffer = new byte[8192];
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
