package dev.korm.depots.local;

import dev.korm.spi.depot.FileStat;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The metadata that is kept with a file beside its bytes, as lines of {@code key value}. A checksum alone fits into the
 * inode of a file, where the file system keeps short attributes; a longer one costs a block and a second write.
 *
 * @param sha256 64 hex digits
 */
record Label(Optional<String> sha256, Optional<String> contentType, Map<String, String> attributes) {
    static final Label NONE = new Label(Optional.empty(), Optional.empty(), Map.of());

    private static final String VERSION = "k1";
    private static final String SHA = "s";
    private static final String TYPE = "t";
    private static final String ATTRIBUTE = "a-";

    static Label of(FileStat stat) {
        return new Label(stat.sha256(), stat.contentType(), stat.attributes());
    }

    String text() {
        StringBuilder text = new StringBuilder(VERSION).append('\n');
        sha256.ifPresent(hash -> line(
                text,
                SHA,
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(HexFormat.of().parseHex(hash))));
        contentType.ifPresent(type -> line(text, TYPE, type));
        new TreeMap<>(attributes).forEach((key, value) -> line(text, ATTRIBUTE + key, value));
        return text.toString();
    }

    private static Optional<String> checksum(String text) {
        try {
            return Optional.of(HexFormat.of().formatHex(Base64.getUrlDecoder().decode(text)));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append(' ').append(value).append('\n');
    }

    /** Returns the label of a text; of one that a later version wrote, what is understood of it. */
    static Label read(String text) {
        Optional<String> sha256 = Optional.empty();
        Optional<String> contentType = Optional.empty();
        Map<String, String> attributes = new TreeMap<>();
        for (String line : text.split("\n")) {
            int space = line.indexOf(' ');
            if (space < 0) {
                continue;
            }
            String key = line.substring(0, space);
            String value = line.substring(space + 1);
            if (key.equals(SHA)) {
                sha256 = checksum(value);
            } else if (key.equals(TYPE)) {
                contentType = Optional.of(value);
            } else if (key.startsWith(ATTRIBUTE)) {
                attributes.put(key.substring(ATTRIBUTE.length()), value);
            }
        }
        return new Label(sha256, contentType, Map.copyOf(attributes));
    }
}
