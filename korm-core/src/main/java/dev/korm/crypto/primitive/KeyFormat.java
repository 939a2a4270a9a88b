package dev.korm.crypto.primitive;

import java.util.regex.Pattern;

/** Form of keys and their ids. */
public final class KeyFormat {
    /** Length of a key, in bytes. */
    public static final int LENGTH = 32;

    /** Shorter than a key's digits, so that a key that stands in an id's place is no id and never shown. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,32}");

    private KeyFormat() {}

    /** Returns whether a text may be the id of a key, and so may be shown. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }
}
