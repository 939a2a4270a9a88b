package dev.korm.crypto.primitive;

import java.nio.charset.StandardCharsets;
import javax.crypto.Mac;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** Keys from keys: HKDF with SHA-256, RFC 5869. */
public final class Hkdf {
    private Hkdf() {}

    /** Returns a key for a purpose: extract without salt, then expand with the purpose's UTF-8. */
    public static byte[] derive(byte[] key, String purpose, int length) {
        return generate(
                HKDFParameters.skipExtractParameters(extract(key), purpose.getBytes(StandardCharsets.UTF_8)), length);
    }

    private static byte[] extract(byte[] key) {
        return new HKDFBytesGenerator(new SHA256Digest()).extractPRK(null, key);
    }

    /**
     * Returns a key of 32 bytes for a context, from one that is uniformly random already: only the second step of HKDF,
     * whose one block is one HMAC. The JDK's takes a third of the time of Bouncy Castle's, and this stands in the way
     * of every secret.
     *
     * @param mac HMAC-SHA256 with the key from which it is made
     */
    public static byte[] expand(Mac mac, byte[] context) {
        mac.update(context);
        mac.update((byte) 1);
        return mac.doFinal();
    }

    private static byte[] generate(HKDFParameters parameters, int length) {
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(parameters);
        byte[] derived = new byte[length];
        generator.generateBytes(derived, 0, length);
        return derived;
    }
}
