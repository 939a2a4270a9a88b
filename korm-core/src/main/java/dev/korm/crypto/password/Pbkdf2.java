package dev.korm.crypto.password;

import java.security.GeneralSecurityException;
import java.util.Locale;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Hashes of PBKDF2 (RFC 8018). */
final class Pbkdf2 {
    private static final int MOST_ITERATIONS = 10_000_000;
    private static final int LEAST_BYTES = 16;
    private static final int MOST_BYTES = 64;

    private Pbkdf2() {}

    /**
     * Returns a hash; null when its parameters are wrong or out of all reason.
     *
     * @param digest {@code sha1}, {@code sha256} or {@code sha512}
     */
    static @Nullable ForeignHash hash(String digest, int iterations, byte[] salt, byte[] hash) {
        if (iterations < 1
                || iterations > MOST_ITERATIONS
                || salt.length == 0
                || hash.length < LEAST_BYTES
                || hash.length > MOST_BYTES) {
            return null;
        }
        String algorithm = "PBKDF2WithHmac" + digest.toUpperCase(Locale.ROOT);
        return new ForeignHash(
                password -> {
                    PBEKeySpec work = new PBEKeySpec(password, salt, iterations, Byte.SIZE * hash.length);
                    try {
                        return SecretKeyFactory.getInstance(algorithm)
                                .generateSecret(work)
                                .getEncoded();
                    } catch (GeneralSecurityException every) {
                        throw new IllegalStateException("Every Java platform has " + algorithm, every);
                    } finally {
                        work.clearPassword();
                    }
                },
                hash);
    }
}
