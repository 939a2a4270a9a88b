package dev.korm.crypto.password;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
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

    /** Bytes of UTF-8 for one {@code char}. */
    private static final int LONGEST_CHARACTER = 3;

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
        return new ForeignHash(
                password -> {
                    byte[] utf8 = utf8(password);
                    try {
                        byte[] made = new byte[text.hash().length];
                        Argon2BytesGenerator generator = new Argon2BytesGenerator();
                        generator.init(text.parameters(type));
                        generator.generateBytes(utf8, made);
                        return made;
                    } finally {
                        Arrays.fill(utf8, (byte) 0);
                    }
                },
                text.hash());
    }

    @Override
    public boolean matches(char[] password) {
        return MessageDigest.isEqual(derivation.of(password), hash);
    }

    @Override
    public boolean isWeakerThan(PhcString wanted) {
        return true;
    }

    /** Returns the UTF-8 of a password, for the caller to overwrite. */
    static byte[] utf8(char[] password) {
        byte[] room = new byte[LONGEST_CHARACTER * password.length];
        ByteBuffer out = ByteBuffer.wrap(room);
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(password), out, true);
        byte[] bytes = Arrays.copyOf(room, out.position());
        Arrays.fill(room, (byte) 0);
        return bytes;
    }

    /** Returns nothing of the hash. */
    @Override
    public String toString() {
        return "ForeignHash";
    }
}
