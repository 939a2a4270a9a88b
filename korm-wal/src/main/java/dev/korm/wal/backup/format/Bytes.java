package dev.korm.wal.backup.format;

import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow, and can be looked at without a copy. For one thread. */
final class Bytes extends OutputStream {
    /** The size of arrays that every machine has. */
    private static final int MOST = Integer.MAX_VALUE - 8;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] all;
    private int size;

    Bytes(int capacity) {
        this.all = new byte[capacity];
    }

    byte[] array() {
        return all;
    }

    int size() {
        return size;
    }

    void reset() {
        size = 0;
    }

    /** Takes back what was written last. */
    void truncate(int to) {
        size = to;
    }

    private void grow(int more) {
        if (all.length - size < more) {
            // Fails where there would be more of them than an array holds.
            int least = Math.addExact(size, more);
            all = Arrays.copyOf(all, (int) Math.max(least, Math.min(all.length * 2L, MOST)));
        }
    }

    @Override
    public void write(int one) {
        grow(1);
        all[size++] = (byte) one;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        grow(length);
        System.arraycopy(bytes, from, all, size, length);
        size += length;
    }

    @SuppressWarnings("deprecation") // It is meant for what is known to be ASCII.
    void ascii(String text) {
        int length = text.length();
        grow(length);
        text.getBytes(0, length, all, size);
        size += length;
    }

    void number(long value) {
        grow(Long.BYTES);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            all[size++] = (byte) (value >>> shift);
        }
    }

    private void length(int length) {
        grow(Integer.BYTES);
        for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            all[size++] = (byte) (length >>> shift);
        }
    }

    /** Adds bytes behind their length. */
    void text(byte[] text, int from, int length) {
        length(length);
        write(text, from, length);
    }

    void text(byte[] text) {
        text(text, 0, text.length);
    }

    /** Leaves room for a length; returns where what it counts begins. */
    int beginLength() {
        length(0);
        return size;
    }

    /** Has a length count what came behind the room for it. */
    void endLength(int begin) {
        int end = size;
        size = begin - Integer.BYTES;
        length(end - begin);
        size = end;
    }

    /** Adds a text as JSON in quotes, by its UTF-8. */
    void quoted(byte[] text) {
        grow(text.length + 2);
        all[size++] = '"';
        int from = 0;
        while (true) {
            int to = plain(text, from, text.length);
            write(text, from, to - from);
            if (to == text.length) {
                break;
            }
            escape(text[to]);
            from = to + 1;
        }
        write('"');
    }

    private void escape(byte one) {
        write('\\');
        switch (one) {
            case '"', '\\' -> write(one);
            case '\n' -> write('n');
            case '\r' -> write('r');
            case '\t' -> write('t');
            default -> unicode((char) one);
        }
    }

    private void unicode(char one) {
        write('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
            write(HEX[(one >>> shift) & 0xf]);
        }
    }

    /** Adds a text as JSON in quotes, with escapes for all that is not ASCII: so halves of characters, which UTF-8 cannot tell, stay what they are. */
    void quotedInAscii(String text) {
        write('"');
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (one >= 0x80) {
                write('\\');
                unicode(one);
            } else if (one < ' ' || one == '"' || one == '\\') {
                escape((byte) one);
            } else {
                write(one);
            }
        }
        write('"');
    }

    /** Returns the place of the first byte that cannot stand in a text of JSON as it is: a quote, a backslash, a control character; the end where there is none. */
    static int plain(byte[] text, int from, int to) {
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long eight = (long) LONGS.get(text, at);
            long quote = eight ^ (ONES * '"');
            long slash = eight ^ (ONES * '\\');
            // The lowest top bit that is set marks the first one; those above it may be wrong, by what was borrowed.
            long found =
                    (((eight - ONES * ' ') & ~eight) | ((quote - ONES) & ~quote) | ((slash - ONES) & ~slash)) & TOPS;
            if (found != 0) {
                return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        while (at < to && text[at] != '"' && text[at] != '\\' && (text[at] & 0xff) >= ' ') {
            at++;
        }
        return at;
    }

    /** Returns whether a character of ASCII is among the bytes. */
    static boolean has(byte[] text, char one) {
        int at = 0;
        for (; at <= text.length - Long.BYTES; at += Long.BYTES) {
            long eight = (long) LONGS.get(text, at) ^ (ONES * one);
            if (((eight - ONES) & ~eight & TOPS) != 0) {
                return true;
            }
        }
        while (at < text.length && text[at] != one) {
            at++;
        }
        return at < text.length;
    }
}
