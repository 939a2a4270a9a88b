package dev.korm.engine.version;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.spi.query.TableName;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one item's versions: 16 hex digits of the hash of its table's name, 48 of that of table and id, a hyphen, its revision in 16
 * hex digits, and a letter. So the versions of a table stand together, in it those of an item, and these in the order in which they
 * were; and a key has the same length whatever the id's.
 */
public record VersionKey(String item) {
    /** Behind all digits. */
    private static final char BEHIND = 'g';

    private static final int TABLE_DIGITS = 16;
    private static final int ITEM_DIGITS = 48;
    private static final char STATE = 's';
    /** Behind the state that was deleted. */
    private static final char DELETION = 'x';

    /** The table that was asked for last, since most keys that are made together are of one. */
    private static volatile Table latest = new Table("", "");

    private record Table(String name, String digits) {}

    public static VersionKey of(TableName table, String id) {
        return key(table, id, sha256());
    }

    /** Makes the keys of the items of one change, which often asks for the same one several times. For one thread. */
    static final class Maker {
        private final MessageDigest digest = sha256();
        private @Nullable TableName table;
        private String id = "";
        private @Nullable VersionKey latest;

        VersionKey of(TableName ofTable, String ofId) {
            VersionKey known = latest;
            if (known == null || !ofId.equals(id) || !ofTable.equals(table)) {
                known = key(ofTable, ofId, digest);
                table = ofTable;
                id = ofId;
                latest = known;
            }
            return known;
        }
    }

    private static VersionKey key(TableName table, String id, MessageDigest digest) {
        return new VersionKey(table(table) + hash(digest, table.text() + '\n' + id, ITEM_DIGITS) + "-");
    }

    private static String table(TableName table) {
        Table known = latest;
        if (!known.name().equals(table.text())) {
            known = new Table(table.text(), hash(sha256(), table.text(), TABLE_DIGITS));
            latest = known;
        }
        return known.digits();
    }

    /** Returns what no key of a table is below. */
    public static String first(TableName table) {
        return table(table);
    }

    /** Returns what all keys of a table are below. */
    public static String end(TableName table) {
        return table(table) + BEHIND;
    }

    /** Returns what all keys of an item's versions begin with, of the key of one. */
    public static String itemOf(String key) {
        return key.substring(0, TABLE_DIGITS + ITEM_DIGITS + 1);
    }

    /** Returns the least text that all later keys are not below. */
    public static String behind(String key) {
        return key + '!';
    }

    private static String hash(MessageDigest digest, String text, int digits) {
        return HexFormat.of().formatHex(digest.digest(text.getBytes(UTF_8)), 0, digits / 2);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every Java has SHA-256", missing);
        }
    }

    /** Returns the key of the item's state at a revision. */
    public String state(long revision) {
        return item + HexFormat.of().toHexDigits(revision) + STATE;
    }

    /** Returns the key of the deletion of the state at a revision. */
    public String deletion(long revision) {
        return item + HexFormat.of().toHexDigits(revision) + DELETION;
    }

    /** Returns what no key of the item is below. */
    public String first() {
        return item;
    }

    /** Returns what all keys of the item are below. */
    public String end() {
        return item + BEHIND;
    }

    /** Returns what all keys of versions before a revision are below. */
    public String before(long revision) {
        return item + HexFormat.of().toHexDigits(revision);
    }
}
