package dev.korm.engine;

import dev.korm.Rn;
import dev.korm.spi.Digesting;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which files are meant, by 64 bits of a hash of their depots and parts, whatever other mods their RNs have. Two files may be taken
 * for each other once in 18 trillion; then one that could be removed stays. Used by one thread.
 */
final class FileSet {
    private final Set<Long> files = new HashSet<>();
    private final Set<Long> folders = new HashSet<>();
    private final MessageDigest digest = Digesting.sha256();

    /** Adds a file, or all files below a prefix. */
    void add(Rn<?> rn) {
        List<String> parts = rn.depotParts();
        if (rn.form() == Rn.Form.PREFIX) {
            folders.add(hash(rn, parts.size() - 1));
        } else {
            files.add(hash(rn, parts.size()));
        }
    }

    boolean has(Rn<?> file) {
        int size = file.depotParts().size();
        if (files.contains(hash(file, size))) {
            return true;
        }
        for (int i = 0; i < size && !folders.isEmpty(); i++) {
            if (folders.contains(hash(file, i))) {
                return true;
            }
        }
        return false;
    }

    private long hash(Rn<?> rn, int parts) {
        String text =
                rn.depot().orElse("") + "]:" + String.join(":", rn.depotParts().subList(0, parts)) + ":" + parts;
        return ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
