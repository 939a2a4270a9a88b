package dev.korm.engine.depot;

import dev.korm.Rn;
import dev.korm.spi.depot.Digesting;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A set of files, as 64 bits of a hash of their depots and parts, whatever other mods their RNs have. Two files may be
 * taken for each other once in 18 trillion; then one that could be removed stays. Up to 20 bytes for each file. Used by
 * one thread.
 */
public final class FileSet {
    private final Hashes files = new Hashes();
    private final Hashes folders = new Hashes();
    private final MessageDigest digest = Digesting.sha256();

    /**
     * Adds a file, or all files below a prefix.
     *
     * @return whether it was not there
     */
    public boolean add(Rn<?> rn) {
        int parts = rn.depotParts().size();
        return rn.form() == Rn.Form.PREFIX ? folders.add(hash(rn, parts - 1)) : files.add(hash(rn, parts));
    }

    /** Returns whether a file is among them by itself. */
    public boolean hasItself(Rn<?> file) {
        return files.has(hash(file, file.depotParts().size()));
    }

    /** Returns whether a file is among them, by itself or below a prefix. */
    public boolean has(Rn<?> file) {
        int size = file.depotParts().size();
        if (files.has(hash(file, size))) {
            return true;
        }
        for (int i = 0; i < size && !folders.isEmpty(); i++) {
            if (folders.has(hash(file, i))) {
                return true;
            }
        }
        return false;
    }

    public boolean isEmpty() {
        return files.isEmpty() && folders.isEmpty();
    }

    private long hash(Rn<?> rn, int parts) {
        String text =
                rn.depot().orElse("") + "]:" + String.join(":", rn.depotParts().subList(0, parts)) + ":" + parts;
        return ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
