package dev.korm.crypto.password;

import java.util.Arrays;
import org.bouncycastle.crypto.generators.SCrypt;
import org.jspecify.annotations.Nullable;

/** Hashes of scrypt (RFC 7914). */
final class Scrypt {
    static final int MOST_LOG_N = 23;

    /** In bytes, as for Argon2. */
    private static final long MOST_MEMORY = 1L << 30;

    private static final long MOST_WORK = 1L << 32;
    private static final int BLOCK = 128;
    private static final int MOST_BYTES = 256;
    private static final int LEAST_BYTES = 16;

    private Scrypt() {}

    /** Returns a hash; null when its parameters are wrong or out of all reason. */
    static @Nullable ForeignHash hash(int n, int r, int p, byte[] salt, byte[] hash) {
        if (!isFit(n, r, p) || salt.length == 0 || hash.length < LEAST_BYTES || hash.length > MOST_BYTES) {
            return null;
        }
        return new ForeignHash(
                password -> {
                    byte[] utf8 = Utf8.of(password);
                    try {
                        return SCrypt.generate(utf8, salt, n, r, p, hash.length);
                    } finally {
                        Arrays.fill(utf8, (byte) 0);
                    }
                },
                hash);
    }

    private static boolean isFit(int n, int r, int p) {
        // The order keeps the products within a long.
        return n > 1
                && n <= 1 << MOST_LOG_N
                && Integer.bitCount(n) == 1
                && r >= 1
                && p >= 1
                && r <= 1024
                && p <= 1024
                && (r > 1 || n < 1 << 16)
                && (long) BLOCK * n * r <= MOST_MEMORY
                && (long) BLOCK * n * r * p <= MOST_WORK;
    }
}
