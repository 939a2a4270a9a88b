package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.codec.Sealed;
import dev.korm.crypto.Payload;
import dev.korm.crypto.password.PhcString;
import dev.korm.crypto.password.StoredHash;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a password, which is all that is kept of it: Argon2id, with the parameters and salt that it was made with, or what another system has made
 * ({@link #ofHash}).
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
     * Returns a password of which another program has made the hash, in the form in which that program has written it. It verifies, and {@link
     * PasswordCheck#rehashDue} asks for one of korm's own as soon as it has. Read are
     *
     * <ul>
     *   <li>Argon2id, Argon2i and Argon2d ({@code $argon2id$v=19$m=…,t=…,p=…$salt$hash}: PHP, Go, Node), of the password or, as korm makes it, of its JSON text;
     *   <li>bcrypt ({@code $2a$}, {@code $2b$}, {@code $2y$});
     *   <li>scrypt and PBKDF2 in the form of the PHC and of passlib, and scrypt as Go's {@code simple-scrypt} writes it;
     *   <li>what Spring Security writes behind {@code {bcrypt}}, {@code {scrypt}}, {@code {argon2}} and {@code {pbkdf2}}, with the parameters that it has by
     *       default, also as {@code @SpringSecurity_v5_8};
     *   <li>what Django writes: {@code pbkdf2_sha256}, {@code pbkdf2_sha1}, {@code argon2}, {@code bcrypt}, {@code bcrypt_sha256}, {@code scrypt}.
     * </ul>
     *
     * @throws ValueException when the text is no such hash, or its cost is out of all reason: more than 1 GiB of memory, 4 GiB of memory times passes,
     *     2^18 rounds of bcrypt, or ten million iterations of PBKDF2
     */
    public static Password ofHash(String text) {
        requireNonNull(text, "text");
        String kept = StoredHash.broughtAlong(text);
        if (kept == null) {
            throw new ValueException(
                    "The text is not a password hash that korm reads: expected Argon2, bcrypt, scrypt or"
                            + " PBKDF2 as the Javadoc of Password.ofHash lists them, with at most 1 GiB of memory, and"
                            + " memory times passes at most 4 GiB");
        }
        return new Password(HeldSecrets.sealed(Payload.password(kept)));
    }

    /** Returns a password of which this program has made the hash. */
    static Password of(PhcString hash) {
        return new Password(HeldSecrets.sealed(Payload.password(hash.text())));
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

    /** Returns what the stored hash may be, the likeliest first; empty when what is stored is none. */
    List<StoredHash> hashes() {
        String text = text();
        return text == null ? List.of() : StoredHash.candidates(text);
    }

    private @Nullable String text() {
        Payload payload = stored.payloadOrNull();
        return payload == null || !payload.type().equals(Payload.PASSWORD) ? null : payload.value();
    }

    /** Returns what is compared: the hash is the same whether it was made here or brought along. */
    private @Nullable Object compared() {
        String text = text();
        return text == null ? stored.payloadOrNull() : StoredHash.plain(text);
    }

    Sealed stored() {
        return stored;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Password password
                && compared() != null
                && Objects.equals(compared(), password.compared());
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(compared());
    }

    /** Returns {@code [HASH]}, always. */
    @Override
    public String toString() {
        return "[HASH]";
    }
}
