package dev.korm.spi.support;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.key.MissingKeyException;
import dev.korm.spi.KeyWrapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps keys with an AES key from a PKCS#12 key store, as {@code keytool -genseckey -alias korm -keyalg AES -keysize 256
 * -storetype PKCS12 -keystore keys.p12} makes one. The wrapping is AES Key Wrap, RFC 3394, which also notices what was altered.
 */
public final class Pkcs12KeyWrapper implements KeyWrapper {
    private static final String WRAPPING = "AESWrap";

    private final Path store;
    private final SecretKey key;

    private Pkcs12KeyWrapper(Path store, SecretKey key) {
        this.store = store;
        this.key = key;
    }

    /**
     * Takes the key out of the store.
     *
     * @param password of the store; the caller's, who overwrites it
     * @param alias which key of the store
     * @throws ConfigurationException when the store cannot be read, the password is another, or there is no AES key of that
     *     name
     */
    public static Pkcs12KeyWrapper open(Path store, char[] password, String alias) {
        requireNonNull(store, "store");
        requireNonNull(password, "password");
        requireNonNull(alias, "alias");
        Key found;
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password);
            found = keys.getKey(alias, password);
        } catch (IOException | GeneralSecurityException unreadable) {
            throw new ConfigurationException(
                    "The key store " + store + " cannot be read, or its password is another", unreadable);
        }
        if (found instanceof SecretKey secret && secret.getAlgorithm().equals("AES")) {
            return new Pkcs12KeyWrapper(store, secret);
        }
        throw new ConfigurationException("The key store " + store + " has no AES key \"" + alias
                + "\"; make one with keytool -genseckey -keyalg AES -keysize 256 -storetype PKCS12");
    }

    @Override
    public byte[] wrap(byte[] bare) {
        requireNonNull(bare, "bare");
        try {
            Cipher cipher = Cipher.getInstance(WRAPPING);
            cipher.init(Cipher.WRAP_MODE, key);
            return cipher.wrap(new SecretKeySpec(bare, "AES"));
        } catch (GeneralSecurityException refused) {
            throw new MissingKeyException("The key cannot be wrapped with the one in " + store, refused);
        }
    }

    @Override
    public byte[] unwrap(byte[] wrapped) {
        requireNonNull(wrapped, "wrapped");
        try {
            Cipher cipher = Cipher.getInstance(WRAPPING);
            cipher.init(Cipher.UNWRAP_MODE, key);
            return Objects.requireNonNull(
                    cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded());
        } catch (GeneralSecurityException refused) {
            throw new MissingKeyException(
                    "A wrapped key cannot be unwrapped with the one in " + store
                            + ": it was altered, or wrapped with another key",
                    refused);
        }
    }

    /** Returns the path of the key store; never the key. */
    @Override
    public String toString() {
        return "Pkcs12KeyWrapper[" + store + "]";
    }
}
