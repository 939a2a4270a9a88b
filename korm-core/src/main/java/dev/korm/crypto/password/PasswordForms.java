package dev.korm.crypto.password;

import java.nio.CharBuffer;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The forms in which Unicode writes the characters of a password. A keyboard may give an accent composed with its letter or behind it, and nobody sees which.
 * What is normal already, as all ASCII is, never becomes a {@code String}, which cannot be overwritten.
 */
public final class PasswordForms {
    private PasswordForms() {}

    /** Returns the password in the form NFC, which is hashed: a copy, or itself where it is in that form. */
    public static char[] hashed(char[] password) {
        return form(password, Form.NFC);
    }

    /** Returns what an older hash may be of: as hashed now first, then as typed, then decomposed. */
    public static List<char[]> candidates(char[] typed) {
        List<char[]> distinct = new ArrayList<>();
        for (char[] form : List.of(form(typed, Form.NFC), typed, form(typed, Form.NFD))) {
            if (distinct.stream().noneMatch(known -> Arrays.equals(known, form))) {
                distinct.add(form);
            }
        }
        return distinct;
    }

    private static char[] form(char[] password, Form form) {
        CharBuffer chars = CharBuffer.wrap(password);
        return Normalizer.isNormalized(chars, form)
                ? password
                : Normalizer.normalize(chars, form).toCharArray();
    }
}
