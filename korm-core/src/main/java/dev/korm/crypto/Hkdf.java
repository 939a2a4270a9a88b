package dev.korm.crypto;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** Keys from keys: HKDF with SHA-256, RFC 5869. */
public final class Hkdf {
    private Hkdf() {}

    /** A key for a purpose: extract without salt, then expand with the purpose's UTF-8. */
    public static byte[] derive(byte[] key, String purpose, int length) {
        return generate(
                HKDFParameters.skipExtractParameters(extract(key), purpose.getBytes(StandardCharsets.UTF_8)), length);
    }

    private static byte[] extract(byte[] key) {
        return new HKDFBytesGenerator(new SHA256Digest()).extractPRK(null, key);
    }

    /** A key for a context from one that is uniformly random already: only the second step, which is the cheap one. */
    static byte[] expand(byte[] key, byte[] context, int length) {
        return generate(HKDFParameters.skipExtractParameters(key, context), length);
    }

    private static byte[] generate(HKDFParameters parameters, int length) {
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(parameters);
        byte[] derived = new byte[length];
        generator.generateBytes(derived, 0, length);
        return derived;
    }
}
