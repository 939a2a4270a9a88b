package dev.korm.crypto;

import dev.korm.crypto.password.Argon2;

/** Shows to tests of other packages what is hashed of a password. */
public final class JsonPasswords {
    private JsonPasswords() {}

    public static byte[] json(String password) {
        return Argon2.json(password.toCharArray());
    }
}
