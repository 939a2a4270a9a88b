package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.codec.Secret;
import dev.korm.key.MissingKeyException;
import org.jspecify.annotations.Nullable;

/**
 * A value that is stored sealed: the store, its logs and its backups hold only ciphertext, and whoever reads them learns no more
 * than its length.
 *
 * <pre>{@code
 * record Car(String make, Encrypted<String> registrationNumber) {}
 *
 * new Car("Citroen", Encrypted.of("1234567890"));
 * car.data().registrationNumber().reveal();   // 1234567890
 * }</pre>
 *
 * <p>Anything that can be stored can be sealed, at any depth of an item. A sealed value opens only in the item and field that it
 * was written to: korm seals it anew when a program puts it elsewhere, and refuses one that somebody has moved or altered in the
 * store. It is opened when it is first asked for, not when the item is read, and then kept as long as this object. Nothing can
 * be asked of the store about sealed values but whether there is one.
 *
 * <p>Equal when the values are, which are opened for that where they are not open; one that does not open is equal only to what
 * is stored in the same place with the same bytes. All have the same hash code, since another would tell something of the
 * value. The text is {@code [REDACTED]}. Not serializable by Java, and without anything that a JSON library could find. The
 * value is not to be changed after it was given; bytes are copied. Safe for many threads.
 *
 * @param <T> a type that can be stored
 */
public final class Encrypted<T> {
    static {
        HeldSecrets.register();
    }

    private final transient Secret secret;

    Encrypted(Secret secret) {
        this.secret = secret;
    }

    /** Returns a value to be sealed when it is stored. */
    public static <T> Encrypted<T> of(T value) {
        requireNonNull(value, "value", "make the field null instead");
        if (value instanceof Encrypted<?> || value instanceof Password) {
            throw new ValueException("A secret cannot be sealed inside another secret");
        }
        return new Encrypted<>(Secret.of(value));
    }

    /**
     * Returns the value.
     *
     * @throws SealException when it was altered or moved in the store, or its key is unknown; the message names the place
     * @throws MissingKeyException when there is no key
     * @throws ValueException when what was sealed is of another type
     * @throws ClosedException when it has not been opened before its pool was closed
     */
    @SuppressWarnings("unchecked") // It is read as the declared type, or was given as it.
    public T reveal() {
        return (T) secret.reveal();
    }

    Secret secret() {
        return secret;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Encrypted<?> encrypted && encrypted.secret.equals(secret);
    }

    @Override
    public int hashCode() {
        return secret.hashCode();
    }

    /** Returns {@code [REDACTED]}, always. */
    @Override
    public String toString() {
        return secret.toString();
    }
}
