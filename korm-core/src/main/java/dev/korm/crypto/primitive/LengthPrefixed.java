package dev.korm.crypto.primitive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Texts as bytes of which no two lists give the same: the UTF-8 of each behind its length in four bytes. */
public final class LengthPrefixed {
    private static final int USUAL = 128;

    private byte[] bytes;
    private int size;

    /** @param first parts that are there already, as bytes */
    public LengthPrefixed(byte[] first) {
        bytes = Arrays.copyOf(first, first.length + USUAL);
        size = first.length;
    }

    public LengthPrefixed add(String text) {
        byte[] part = text.getBytes(StandardCharsets.UTF_8);
        int end = size + Integer.BYTES + part.length;
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
        }
        bytes[size++] = (byte) (part.length >>> 24);
        bytes[size++] = (byte) (part.length >>> 16);
        bytes[size++] = (byte) (part.length >>> 8);
        bytes[size++] = (byte) part.length;
        System.arraycopy(part, 0, bytes, size, part.length);
        size = end;
        return this;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }
}
