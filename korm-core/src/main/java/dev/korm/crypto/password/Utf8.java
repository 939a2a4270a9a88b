package dev.korm.crypto.password;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The UTF-8 of a password. Nothing of it is left but what is returned. */
final class Utf8 {
    /** Bytes for one {@code char}. */
    private static final int LONGEST_CHARACTER = 3;

    private Utf8() {}

    /** Returns the bytes of a password, for the caller to overwrite. */
    static byte[] of(char[] password) {
        return of(password, password.length);
    }

    /** Returns the bytes of the first so many chars, for the caller to overwrite. */
    static byte[] of(char[] chars, int length) {
        byte[] room = new byte[LONGEST_CHARACTER * length];
        ByteBuffer out = ByteBuffer.wrap(room);
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(chars, 0, length), out, true);
        byte[] bytes = Arrays.copyOf(room, out.position());
        Arrays.fill(room, (byte) 0);
        return bytes;
    }
}
