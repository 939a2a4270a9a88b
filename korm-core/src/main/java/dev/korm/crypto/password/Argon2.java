package dev.korm.crypto.password;

import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id over a password as the original korm hashes it: not over its characters, but over its JSON text, quotes included.
 * What is made of a password on the way is overwritten.
 */
public final class Argon2 {
    private static final String HEX = "0123456789abcdef";
    /** A character as {@code \}{@code uXXXX}. */
    private static final int LONGEST_ESCAPE = 6;

    private Argon2() {}

    /** Returns the hash of a password with the parameters and salt given; it has the length of {@code like}'s. */
    public static PhcString hash(char[] password, PhcString like) {
        byte[] hash = derive(Argon2Parameters.ARGON2_id, json(password), like);
        return new PhcString(like.version(), like.memory(), like.passes(), like.lanes(), like.salt(), hash);
    }

    /**
     * Returns the hash of bytes, with the parameters, salt and length of another.
     *
     * @param type which of Argon2's kinds it is of
     * @param input is overwritten
     */
    static byte[] derive(int type, byte[] input, PhcString like) {
        try {
            byte[] hash = new byte[like.hash().length];
            Argon2BytesGenerator generator = new Argon2BytesGenerator();
            generator.init(like.parameters(type));
            generator.generateBytes(input, hash);
            return hash;
        } finally {
            Arrays.fill(input, (byte) 0);
        }
    }

    /** Returns whether a password is the one of a hash; takes the same time wherever they differ. */
    public static boolean matches(char[] password, PhcString stored) {
        return MessageDigest.isEqual(hash(password, stored).hash(), stored.hash());
    }

    /** Returns the UTF-8 of the JSON text of a password. */
    public static byte[] json(char[] password) {
        char[] quoted = new char[LONGEST_ESCAPE * password.length + 2];
        int length = 0;
        quoted[length++] = '"';
        for (int i = 0; i < password.length; i++) {
            char c = password[i];
            if (Character.isHighSurrogate(c) && i + 1 < password.length && Character.isLowSurrogate(password[i + 1])) {
                quoted[length++] = c;
                quoted[length++] = password[++i];
            } else if (c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
                quoted[length++] = c;
            } else {
                length = escape(c, quoted, length);
            }
        }
        quoted[length++] = '"';
        byte[] json = Utf8.of(quoted, length);
        Arrays.fill(quoted, '\0');
        return json;
    }

    private static int escape(char c, char[] quoted, int at) {
        int length = at;
        quoted[length++] = '\\';
        int known = "\"\\\b\f\n\r\t".indexOf(c);
        if (known >= 0) {
            quoted[length++] = "\"\\bfnrt".charAt(known);
            return length;
        }
        quoted[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            quoted[length++] = HEX.charAt(c >> shift & 15);
        }
        return length;
    }
}
