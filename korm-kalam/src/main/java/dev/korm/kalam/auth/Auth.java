package dev.korm.kalam.auth;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Credentials. Their text tells the kind alone, never a password or token. */
public final class Auth {
    private static final int MAX_USER = 128;
    private static final int MAX_PASSWORD = 256;

    private final AuthType type;
    private final @Nullable String user;
    private final @Nullable String secret;

    private Auth(AuthType type, @Nullable String user, @Nullable String secret) {
        this.type = type;
        this.user = user;
        this.secret = secret;
    }

    /** Returns a user's name and password, which the client exchanges for a token before the first request. */
    public static Auth basic(String user, String password) {
        requireNonNull(user, "user");
        requireNonNull(password, "password");
        if (user.isBlank() || user.length() > MAX_USER) {
            throw new IllegalArgumentException("A user's name has 1 to " + MAX_USER + " characters");
        }
        if (password.length() > MAX_PASSWORD) {
            throw new IllegalArgumentException("A password has at most " + MAX_PASSWORD + " characters");
        }
        return new Auth(AuthType.BASIC, user, password);
    }

    /** Returns a token, which is sent as it is. */
    public static Auth jwt(String token) {
        requireNonNull(token, "token");
        requirePrintable(token, "A token");
        return new Auth(AuthType.JWT, null, token);
    }

    /** Returns no credentials. Requests for data fail before they are sent. */
    public static Auth none() {
        return new Auth(AuthType.NONE, null, null);
    }

    /** Returns a key for the header X-API-KEY, which older servers knew and those of today refuse. */
    public static Auth apiKey(String key) {
        requireNonNull(key, "key");
        requirePrintable(key, "A key");
        return new Auth(AuthType.API_KEY, null, key);
    }

    private static void requirePrintable(String text, String what) {
        if (text.isBlank() || !text.chars().allMatch(c -> c > 32 && c < 127)) {
            throw new IllegalArgumentException(what + " consists of printable ASCII without spaces");
        }
    }

    /** Returns the kind. */
    public AuthType type() {
        return type;
    }

    /** Returns the user's name, for a name and password. */
    public @Nullable String user() {
        return user;
    }

    /** Returns the password, token or key. */
    public String secret() {
        return Objects.requireNonNullElse(secret, "");
    }

    /** Returns the value of the header Authorization; a password is never sent in one. */
    public String authorizationHeader() {
        if (type != AuthType.JWT) {
            throw new IllegalStateException("Only a token has a header Authorization; " + type + " has none");
        }
        return "Bearer " + secret();
    }

    @Override
    public String toString() {
        return "Auth[" + type + "]";
    }
}
