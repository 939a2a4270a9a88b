package dev.korm.crypto.primitive;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes as lower-case hex digits, two digits in one step: the payloads' hex is most of what a longer secret costs beside its
 * cipher.
 */
public final class Hex {
    private static final VarHandle PAIR = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    /** The two digits of each byte, the first one in the low half. */
    private static final short[] PAIRS = new short[256];
    /** The byte of each two digits; -1 for what are none. */
    private static final short[] BYTES = new short[1 << 16];

    static {
        Arrays.fill(BYTES, (short) -1);
        for (int i = 0; i < PAIRS.length; i++) {
            int high = DIGITS[i >> 4];
            int low = DIGITS[i & 15];
            PAIRS[i] = (short) (low << 8 | high);
            for (int first : new int[] {high, Character.toUpperCase(high)}) {
                for (int second : new int[] {low, Character.toUpperCase(low)}) {
                    BYTES[second << 8 | first] = (short) i;
                }
            }
        }
    }

    private Hex() {}

    public static String text(byte[] bytes, int from, int to) {
        byte[] digits = new byte[2 * (to - from)];
        text(bytes, from, to, digits, 0);
        return new String(digits, StandardCharsets.ISO_8859_1);
    }

    /** Writes the digits of bytes into an array. */
    public static void text(byte[] bytes, int from, int to, byte[] digits, int begin) {
        for (int i = from, at = begin; i < to; i++, at += 2) {
            PAIR.set(digits, at, PAIRS[bytes[i] & 255]);
        }
    }

    /**
     * Returns the bytes of a text with so much room behind them; null when it is no hex.
     *
     * @param room how many bytes more
     */
    public static byte @Nullable [] bytes(String text, int room) {
        byte[] digits = text.getBytes(StandardCharsets.ISO_8859_1);
        // A character beyond Latin-1 has become a question mark, which is no digit.
        if (digits.length % 2 != 0) {
            return null;
        }
        byte[] bytes = new byte[digits.length / 2 + room];
        return bytes(digits, 0, digits.length / 2, bytes, 0) ? bytes : null;
    }

    /**
     * Writes so many bytes that stand somewhere as digits into an array; returns whether they are digits.
     *
     * @param digits characters of Latin-1
     */
    public static boolean bytes(byte[] digits, int from, int count, byte[] bytes, int begin) {
        int wrong = 0;
        for (int i = 0; i < count; i++) {
            int value = BYTES[(short) PAIR.get(digits, from + 2 * i) & 0xffff];
            wrong |= value;
            bytes[begin + i] = (byte) value;
        }
        return wrong >= 0;
    }
}
