package dev.korm.wal.backup.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The hash of a file's bytes, and of what is said of it. For one thread. */
public final class FileHash {
    private final MessageDigest digest = TableHash.sha256();

    public void add(byte[] bytes, int length) {
        digest.update(bytes, 0, length);
    }

    /** Returns a number by which the file is known from its other states, once. */
    public long number(StoredFile file) {
        return number(file, HexFormat.of().formatHex(digest.digest()));
    }

    /** Returns the number of a file whose bytes have a hash. */
    public static long number(StoredFile file, String sha256) {
        String all = sha256 + Json.text(file.line());
        return ByteBuffer.wrap(TableHash.sha256().digest(all.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
