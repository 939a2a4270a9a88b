package dev.korm.wal.backup.format;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file in a backup; its bytes follow.
 *
 * @param rn with its depot
 * @param contentType empty when none was given
 * @param attributes as they were given
 */
public record StoredFile(String rn, Optional<String> contentType, Map<String, String> attributes) {
    static final String LINE = "file";

    Map<String, @Nullable Object> line() {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("t", LINE);
        line.put("rn", rn);
        line.put("type", contentType.orElse(null));
        line.put("attributes", new TreeMap<>(attributes));
        return line;
    }

    static StoredFile of(Members line) {
        return new StoredFile(line.text("rn"), line.maybeText("type"), line.textMap("attributes"));
    }
}
