package dev.korm.wal.backup.format;

import dev.korm.spi.query.TableName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The key by which a row or a file is known in a chain of backups: the first 16 bytes of the SHA-256 of its place. */
public record ContentKey(long high, long low) {
    private static final int DIGITS = 32;

    /** Makes the keys of the rows of one table. For one thread. */
    public static final class OfTable {
        private final byte[] place;
        private final MessageDigest digest = TableHash.sha256();

        public OfTable(String layer, TableName table) {
            this.place = (layer + "\0" + table.text() + "\0").getBytes(StandardCharsets.UTF_8);
        }

        /** Returns the key of the row with an id. */
        public ContentKey of(Object id) {
            digest.update(place);
            return ContentKey.of(digest.digest(String.valueOf(id).getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Returns the key of a file by its RN. */
    public static ContentKey ofFile(String rn) {
        return of(TableHash.sha256().digest(("\0\0" + rn).getBytes(StandardCharsets.UTF_8)));
    }

    private static ContentKey of(byte[] hash) {
        ByteBuffer bytes = ByteBuffer.wrap(hash);
        return new ContentKey(bytes.getLong(), bytes.getLong());
    }

    String hex() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }

    static ContentKey parse(String hex) {
        if (hex.length() != DIGITS) {
            throw new IllegalArgumentException("The key of a row has 32 hex digits");
        }
        return new ContentKey(
                HexFormat.fromHexDigitsToLong(hex, 0, DIGITS / 2),
                HexFormat.fromHexDigitsToLong(hex, DIGITS / 2, DIGITS));
    }
}
