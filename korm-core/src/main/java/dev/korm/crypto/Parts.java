package dev.korm.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Texts as bytes of which no two lists give the same: the UTF-8 of each behind its length in four bytes. */
final class Parts {
    private static final int USUAL = 128;

    private byte[] bytes;
    private int size;

    /** @param first parts that are there already, as bytes */
    Parts(byte[] first) {
        bytes = Arrays.copyOf(first, first.length + USUAL);
        size = first.length;
    }

    Parts add(String text) {
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

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }
}
