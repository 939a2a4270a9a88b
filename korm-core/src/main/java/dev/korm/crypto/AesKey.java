package dev.korm.crypto;

import java.util.Arrays;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** An AES key that can be overwritten, as the JDK's cannot. */
final class AesKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final transient byte[] bytes;

    /** @param bytes its own from now on */
    AesKey(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public String getAlgorithm() {
        return "AES";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        return bytes.clone();
    }

    @Override
    public void destroy() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return "AesKey";
    }

    private void writeObject(java.io.ObjectOutputStream out) throws java.io.IOException {
        throw new java.io.NotSerializableException(AesKey.class.getName());
    }

    private void readObject(java.io.ObjectInputStream in) throws java.io.IOException {
        throw new java.io.NotSerializableException(AesKey.class.getName());
    }
}
