package dev.korm.spi.depot;

import static dev.korm.argument.NullArgumentException.requireEntries;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The options for storing a file. Immutable.
 *
 * @param contentType its media type, kept with it
 * @param attributes short texts kept with it: keys of {@code [a-z0-9-]}, printable ASCII values, 1000 characters in all
 * @param condition when it is stored at all
 * @param size how many bytes there are, when that is known; others are refused
 * @param sha256 the checksum they have, when that is known; others are refused
 */
public record PutOptions(
        Optional<String> contentType,
        Map<String, String> attributes,
        PutCondition condition,
        OptionalLong size,
        Optional<String> sha256) {
    /** Nothing but the bytes. */
    public static final PutOptions NONE =
            new PutOptions(Optional.empty(), Map.of(), PutCondition.NONE, OptionalLong.empty(), Optional.empty());

    private static final int MOST_ATTRIBUTES = 1000;
    private static final int LONGEST_TYPE = 255;

    public PutOptions {
        requireNonNull(contentType, "contentType");
        requireNonNull(condition, "condition");
        requireNonNull(size, "size");
        requireNonNull(sha256, "sha256");
        attributes = Map.copyOf(requireEntries(attributes, "attributes"));
        int length = 0;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            length += attribute.getKey().length() + attribute.getValue().length();
            if (!attribute.getKey().matches("[a-z0-9-]+") || !isPrintable(attribute.getValue())) {
                throw new IllegalArgumentException(
                        "An attribute of a file has a key of [a-z0-9-] and a value of printable ASCII");
            }
        }
        if (length > MOST_ATTRIBUTES) {
            throw new IllegalArgumentException("A file's attributes have at most " + MOST_ATTRIBUTES + " characters");
        }
        contentType.ifPresent(type -> {
            if (type.isEmpty() || type.length() > LONGEST_TYPE || !isPrintable(type)) {
                throw new IllegalArgumentException("A content type is printable ASCII of at most " + LONGEST_TYPE
                        + " characters, such as application/pdf");
            }
        });
    }

    private static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c < 0x7f) && text.equals(text.strip());
    }

    /** Returns the options with a media type. */
    public PutOptions contentType(String type) {
        return new PutOptions(Optional.of(requireNonNull(type, "type")), attributes, condition, size, sha256);
    }

    /** Returns the options with one more attribute. */
    public PutOptions attribute(String key, String value) {
        Map<String, String> more = new TreeMap<>(attributes);
        more.put(requireNonNull(key, "key"), requireNonNull(value, "value"));
        return new PutOptions(contentType, more, condition, size, sha256);
    }

    /** Returns the options with a condition. */
    public PutOptions when(PutCondition only) {
        return new PutOptions(contentType, attributes, requireNonNull(only, "only"), size, sha256);
    }

    /** Returns the options with a known size. */
    public PutOptions size(long bytes) {
        return new PutOptions(contentType, attributes, condition, OptionalLong.of(bytes), sha256);
    }

    /** Returns the options with a known checksum, 64 hex digits. */
    public PutOptions sha256(String expected) {
        return new PutOptions(
                contentType, attributes, condition, size, Optional.of(requireNonNull(expected, "expected")));
    }

    /** Returns options with the type, attributes, size and checksum of an existing file. */
    public static PutOptions like(FileStat stat) {
        requireNonNull(stat, "stat");
        return new PutOptions(
                stat.contentType(), stat.attributes(), PutCondition.NONE, OptionalLong.of(stat.size()), stat.sha256());
    }
}
