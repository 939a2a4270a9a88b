package dev.korm.kalam.consumer;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** A place where a group begins that has acknowledged nothing yet. The server goes by its own memory of a group, where it has one. */
public final class Start {
    private final Object json;
    private final OptionalLong first;

    private Start(Object json, OptionalLong first) {
        this.json = json;
        this.first = first;
    }

    /** Returns the end: messages that come from now on. */
    public static Start latest() {
        return new Start("Latest", OptionalLong.empty());
    }

    /** Returns the first message that is kept. */
    public static Start earliest() {
        return new Start("Earliest", OptionalLong.of(0));
    }

    /** Returns the message of this offset. */
    public static Start offset(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("An offset is not negative");
        }
        return new Start(Map.of("Offset", offset), OptionalLong.of(offset));
    }

    /** Returns the place that a text names: {@code latest}, {@code earliest}, a number; an empty one is the end. */
    public static Start parse(String text) {
        requireNonNull(text, "text");
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (word.isEmpty() || word.equals("latest")) {
            return latest();
        }
        if (word.equals("earliest")) {
            return earliest();
        }
        if (word.matches("\\d{1,18}")) {
            return offset(Long.parseLong(word));
        }
        throw new IllegalArgumentException("A start is latest, earliest or an offset");
    }

    Object json() {
        return json;
    }

    /** Returns the offset of the first message, where that does not depend on what there is. */
    OptionalLong first() {
        return first;
    }

    @Override
    public String toString() {
        return "Start[" + json + "]";
    }
}
