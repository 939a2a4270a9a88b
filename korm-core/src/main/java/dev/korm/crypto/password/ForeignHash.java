package dev.korm.crypto.password;

import java.security.MessageDigest;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * A hash that another system has made of a password's characters. It matches, and is always due to be made anew.
 */
public final class ForeignHash implements StoredHash {
    /** Derives from a password what the hash holds. */
    @FunctionalInterface
    interface Derivation {
        byte[] of(char[] password);
    }

    private final Derivation derivation;
    private final byte[] hash;

    ForeignHash(Derivation derivation, byte[] hash) {
        this.derivation = derivation;
        this.hash = hash;
    }

    /** Returns the hash that a text is; null when it is none of a known form, or its cost is out of all reason. */
    static @Nullable ForeignHash parse(String text) {
        return ForeignForms.parse(text);
    }

    /** Returns an Argon2id hash of the characters themselves. */
    static ForeignHash of(PhcString argon2id) {
        return argon2(Argon2Parameters.ARGON2_id, argon2id);
    }

    /** Returns a hash of Argon2's kind {@code type}, with the parameters and hash of a text. */
    static ForeignHash argon2(int type, PhcString text) {
        return new ForeignHash(password -> Argon2.derive(type, Utf8.of(password), text), text.hash());
    }

    @Override
    public boolean matches(char[] password) {
        return MessageDigest.isEqual(derivation.of(password), hash);
    }

    @Override
    public boolean isWeakerThan(PhcString wanted) {
        return true;
    }

    /** Returns nothing of the hash. */
    @Override
    public String toString() {
        return "ForeignHash";
    }
}
