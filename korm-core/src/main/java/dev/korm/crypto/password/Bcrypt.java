package dev.korm.crypto.password;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.crypto.generators.BCrypt;
import org.jspecify.annotations.Nullable;

/** Hashes of bcrypt, which looks at 72 bytes of a password. */
final class Bcrypt {
    /** 2^18 rounds take about as long as the most work that is let through of Argon2. */
    private static final int MOST_COST = 18;

    private static final int LEAST_COST = 4;
    private static final int LONGEST_PASSWORD = 72;
    private static final int HASH_BYTES = 23;
    private static final String ITS_DIGITS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final String BASE64_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private Bcrypt() {}

    /**
     * Returns a hash; null when its cost is out of all reason.
     *
     * @param digested whether it is of the SHA-256 of the password, in hexadecimal digits, as Django does against the limit of 72 bytes
     */
    static @Nullable ForeignHash hash(int cost, String salt, String hash, boolean digested) {
        if (cost < LEAST_COST || cost > MOST_COST) {
            return null;
        }
        byte[] saltBytes = bytes(salt);
        return new ForeignHash(
                password -> {
                    byte[] input = input(password, digested);
                    try {
                        return Arrays.copyOf(BCrypt.generate(input, saltBytes, cost, false), HASH_BYTES);
                    } finally {
                        Arrays.fill(input, (byte) 0);
                    }
                },
                bytes(hash));
    }

    /** Returns the bytes with the zero that ends them, as far as bcrypt looks. */
    private static byte[] input(char[] password, boolean digested) {
        byte[] utf8 = Utf8.of(password);
        byte[] hashed = digested ? sha256(utf8) : utf8;
        byte[] input = Arrays.copyOf(hashed, Math.min(hashed.length + 1, LONGEST_PASSWORD));
        Arrays.fill(utf8, (byte) 0);
        Arrays.fill(hashed, (byte) 0);
        return input;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException every) {
            throw new IllegalStateException("Every Java platform has SHA-256", every);
        }
    }

    /** Reads its own Base64. The last digit may have bits beyond the bytes; they are passed over, since not every writer cleared them. */
    private static byte[] bytes(String text) {
        StringBuilder standard = new StringBuilder(text.length());
        text.chars().forEach(digit -> standard.append(BASE64_DIGITS.charAt(ITS_DIGITS.indexOf(digit))));
        return Base64.getDecoder().decode(standard.toString());
    }
}
