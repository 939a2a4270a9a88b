package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.codec.Sealed;
import dev.korm.crypto.Payload;
import dev.korm.crypto.primitive.PhcString;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a password, which is all that is kept of it: Argon2id, with the parameters and salt that it was made with.
 *
 * <pre>{@code
 * record User(String name, Password password) {}
 *
 * new User("fred", Password.hash(typed));
 *
 * PasswordCheck check = user.data().password().verify(typedAgain);
 * if (check.matches()) { … }
 * }</pre>
 *
 * <p>A {@code char[]} that is given is overwritten before the call returns, whatever comes of it; a {@code String} cannot be, and
 * stays in memory until it is collected. A password is hashed in Unicode's form NFC, so that it does not matter whether a keyboard composes an accent with its
 * letter; hashes of other forms match too, and then say {@link PasswordCheck#rehashDue}. Hashing takes a quarter of a second and 64 MiB; {@link PasswordHasher} sets other
 * limits, and its Javadoc says how many are hashed at once.
 *
 * <p>Equal when the hashes are; two hashes of one password are not. The text is {@code [HASH]}. Not serializable by Java.
 * Immutable, safe for many threads.
 */
public final class Password {
    private final transient Sealed stored;

    Password(Sealed stored) {
        this.stored = stored;
    }

    /** Returns the hash of a password. Throws as {@link PasswordHasher#hash} does. */
    public static Password hash(String password) {
        requireNonNull(password, "password");
        return hash(password.toCharArray());
    }

    /** Returns the hash of a password, which is overwritten. Throws as {@link PasswordHasher#hash} does. */
    public static Password hash(char[] password) {
        requireNonNull(password, "password");
        return PasswordHasher.standard().hash(password);
    }

    /**
     * Returns a password of which another program has made the hash: the text {@code
     * $argon2id$v=19$m=…,t=…,p=…$salt$hash}. That program must have hashed the JSON text of the password, with its
     * quotes, for it to match.
     *
     * @throws ValueException when the text is no such hash, or its parameters are out of all reason
     */
    public static Password ofHash(String phc) {
        requireNonNull(phc, "phc");
        if (PhcString.parse(phc) == null) {
            throw new ValueException(
                    "The text is not a password hash: expected $argon2id$v=19$m=…,t=…,p=…$salt$hash, with"
                            + " at most 1 GiB of memory, and memory times passes at most 4 GiB");
        }
        return new Password(HeldSecrets.sealed(Payload.password(phc)));
    }

    /**
     * Holds what somebody has typed against this.
     *
     * @param typed is overwritten
     */
    public PasswordCheck verify(char[] typed) {
        requireNonNull(typed, "typed");
        return PasswordHasher.standard().verify(this, typed);
    }

    /** Works as {@link #verify(char[])}. */
    public PasswordCheck verify(String typed) {
        requireNonNull(typed, "typed");
        return verify(typed.toCharArray());
    }

    /**
     * Takes as long as {@link #verify} does and never matches: for a user that there is not, so that nobody learns from the time
     * of an answer which there are.
     *
     * @param typed is overwritten
     */
    public static PasswordCheck verifyNobody(char[] typed) {
        requireNonNull(typed, "typed");
        return PasswordHasher.standard().verifyNobody(typed);
    }

    /** Returns the hash; null when what is stored is none. */
    @Nullable PhcString phc() {
        Payload payload = stored.payloadOrNull();
        return payload == null || !payload.type().equals(Payload.PASSWORD) ? null : PhcString.parse(payload.value());
    }

    Sealed stored() {
        return stored;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Password password
                && stored.payloadOrNull() != null
                && Objects.equals(stored.payloadOrNull(), password.stored.payloadOrNull());
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(stored.payloadOrNull());
    }

    /** Returns {@code [HASH]}, always. */
    @Override
    public String toString() {
        return "[HASH]";
    }
}
