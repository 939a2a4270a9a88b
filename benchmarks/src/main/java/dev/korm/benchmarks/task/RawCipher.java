package dev.korm.benchmarks.task;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A program without korm: one key for all secrets, a cipher that is kept, the nonce before the ciphertext. */
final class RawCipher {
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final Cipher cipher;
    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    RawCipher(byte[] key) throws GeneralSecurityException {
        this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        this.key = new SecretKeySpec(key, "AES");
    }

    byte[] seal(byte[] plain) throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
        byte[] sealed = Arrays.copyOf(nonce, NONCE + cipher.getOutputSize(plain.length));
        cipher.doFinal(plain, 0, plain.length, sealed, NONCE);
        return sealed;
    }

    byte[] open(byte[] sealed) throws GeneralSecurityException {
        cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealed, 0, NONCE));
        return cipher.doFinal(sealed, NONCE, sealed.length - NONCE);
    }

    String seal(String value) throws GeneralSecurityException {
        return HexFormat.of().formatHex(seal(value.getBytes(UTF_8)));
    }

    String open(String hex) throws GeneralSecurityException {
        return new String(open(HexFormat.of().parseHex(hex)), UTF_8);
    }
}
