package dev.korm.spi.query;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a table and of the column that is its primary key.
 *
 * <p>Items of one namespace and kind share a table, {@code __items__<namespace>__<kind>}, whose key is {@value #ID}.
 * korm's own tables are named {@code __korm_…__}.
 *
 * @param text the name as the store knows it, before any shortening that the store needs
 * @param key the primary key's column
 */
public record TableName(String text, String key) {
    /** The key column of every item table; it holds the id part of the item's RN. */
    public static final String ID = "rnId";

    /**
     * The 64-bit revision column of item tables; it grows by one with every change of the row. Its name begins as those of hidden
     * columns do that the TypeScript original leaves alone, and goes on as no field of anybody's can be named.
     */
    public static final String REVISION = "__korm_unique____korm_rev__";

    /**
     * The 64-bit column of item tables with the token of the batch that wrote the row last; null where that had none. Only a layer that
     * has {@code Capabilities.Feature.TOKENS} writes it.
     */
    public static final String TOKEN = "__korm_unique____korm_token__";

    /**
     * The 64-bit column of item tables whose deletions keep the row: the time of the deletion in microseconds since 1970, null in a row that
     * is not deleted. A table without the column keeps no deleted rows.
     */
    public static final String DELETED = "__korm_unique____korm_deleted__";

    /** The name that the revision column had before; such a column is renamed at the first write. */
    public static final String FORMER_REVISION = "__korm_rev__";

    private static final String ITEMS = "__items__";
    private static final Pattern OWN = Pattern.compile("__korm_[a-z]+__");

    public TableName {
        requireNonNull(text, "text");
        requireNonNull(key, "key");
        if (!text.startsWith(ITEMS) && !OWN.matcher(text).matches()) {
            throw new IllegalArgumentException("Not a table of korm's: " + text);
        }
    }

    /** Returns the table of the items of one namespace and kind; both follow the RN grammar. */
    public static TableName items(String namespace, String kind) {
        requireNonNull(namespace, "namespace");
        requireNonNull(kind, "kind");
        if (!isWord(namespace) || !isWord(kind)) {
            throw new IllegalArgumentException("Namespace and kind are words of [a-z][a-z0-9]*");
        }
        return new TableName(ITEMS + namespace + "__" + kind, ID);
    }

    /** Checks for a lower-case letter, then lower-case letters and digits. */
    private static boolean isWord(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(i > 0 && c >= '0' && c <= '9')) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Returns one of korm's own tables, such as {@code __korm_pool__}. */
    public static TableName own(String text, String key) {
        return new TableName(text, key);
    }

    /** Returns whether {@code text} has the form of an item table's name. */
    public static boolean isItems(String text) {
        requireNonNull(text, "text");
        int split = text.indexOf("__", ITEMS.length());
        return text.startsWith(ITEMS)
                && split > 0
                && isWord(text.substring(ITEMS.length(), split))
                && isWord(text.substring(split + 2));
    }

    /** Returns whether this table holds items, and so has a revision column. */
    public boolean isItems() {
        return text.startsWith(ITEMS);
    }

    /** Returns {@code namespace:kind} of the items in it; empty for a table of korm's own. */
    public Optional<String> collection() {
        return isItems() ? Optional.of(namespace() + ":" + kind()) : Optional.empty();
    }

    /** Returns the namespace of an item table. */
    public String namespace() {
        return text.substring(ITEMS.length(), text.indexOf("__", ITEMS.length()));
    }

    /** Returns the kind of an item table. */
    public String kind() {
        return text.substring(text.indexOf("__", ITEMS.length()) + 2);
    }

    // Written out, since what the JDK makes of a record's first hash takes 15 ms, and every pool that opens needs one.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TableName table && table.text.equals(text) && table.key.equals(key);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
