package dev.korm.crypto.password;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A hash of a password as it stands in a store, whoever made it. Immutable, safe for many threads. */
public sealed interface StoredHash permits PhcString, ForeignHash {
    /**
     * Stands before an Argon2id hash that somebody brought along: its text does not tell whether the password was hashed as it is or, as korm does, as
     * JSON. Spring Security writes its own with the same mark.
     */
    String BROUGHT_ALONG = "{argon2}";

    /** Returns whether a password is the one of this hash; takes the same time wherever they differ. */
    boolean matches(char[] password);

    /** Returns whether the password is better hashed anew. */
    boolean isWeakerThan(PhcString wanted);

    /** Returns what a stored text may be, the likeliest first; empty when it is no hash, or its cost is out of all reason. */
    static List<StoredHash> candidates(String text) {
        PhcString own = PhcString.parse(plain(text));
        if (own == null) {
            ForeignHash foreign = ForeignHash.parse(text);
            return foreign == null ? List.of() : List.of(foreign);
        }
        return plain(text).equals(text) ? List.of(own) : List.of(own, ForeignHash.of(own));
    }

    /** Returns the text to store for a hash that somebody brings along; null when it is none. */
    static @Nullable String broughtAlong(String text) {
        if (candidates(text).isEmpty()) {
            return null;
        }
        return PhcString.parse(text) == null ? text : BROUGHT_ALONG + text;
    }

    /** Returns a stored text without the mark. */
    static String plain(String text) {
        return text.startsWith(BROUGHT_ALONG) ? text.substring(BROUGHT_ALONG.length()) : text;
    }
}
