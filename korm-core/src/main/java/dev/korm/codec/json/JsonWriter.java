package dev.korm.codec.json;

import dev.korm.codec.text.EcmaNumber;
import dev.korm.codec.text.StorableText;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import dev.korm.file.FileRef;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes JSON text as ECMAScript's {@code JSON.stringify} does, without spaces. Not safe for several threads. */
public final class JsonWriter {
    /** MySQL refuses more levels of arrays and objects; what one layer refuses, all do. */
    public static final int DEEPEST = 100;

    /** Data that is not stored may be nested deeper. */
    public static final int DEEPEST_IN_MEMORY = 1000;

    /** The only member of an object that stands for a holder that is carried; nothing that is stored has such a key. */
    public static final String HELD = "\0held";

    /** Why files are not sealed with values. */
    public static final String SEALED_FILE =
            "a reference to a file cannot be sealed, because korm has to see which files items refer to, to store"
                    + " and to keep them. Take it out of the secret, and keep its bytes in a SealedDepot";

    private static final String HEX = "0123456789abcdef";
    private static final long LARGEST_INDEX = 4294967294L;

    private final StringBuilder out = new StringBuilder();
    private final Texts texts;
    /** The position of the next value; null where no item is at hand. */
    private final @Nullable JsonPosition position;
    /** Collects the holders of secrets instead of writing them; null to write them. */
    private final @Nullable List<Object> carried;

    private int depth;
    private boolean comma;

    /** The texts and depths that are accepted. */
    public enum Texts {
        /**
         * Accepts what every layer can store: neither NUL nor unpaired surrogates, at most {@value #DEEPEST} levels.
         */
        STORABLE,
        /** The same, to be sealed: files are refused, which nobody would find in it. */
        SEALED,
        /** Everything. */
        ANY
    }

    public JsonWriter(Texts texts) {
        this(texts, null, null);
    }

    private JsonWriter(Texts texts, @Nullable SecretLocation column, @Nullable List<Object> carried) {
        this.texts = texts;
        this.position = column == null ? null : new JsonPosition(column);
        this.carried = carried;
    }

    /** Creates a writer of what is to be stored in a column; without a location, secrets are refused. */
    public static JsonWriter into(@Nullable SecretLocation column) {
        return new JsonWriter(Texts.STORABLE, column, null);
    }

    /**
     * Creates a writer that puts the holders of secrets into a list, and an object with the member {@link #HELD} in
     * their places.
     */
    public static JsonWriter carrying(List<Object> holders) {
        return new JsonWriter(Texts.ANY, null, holders);
    }

    public void beginObject() {
        begin('{');
        if (position != null) {
            position.beginObject();
        }
    }

    public void endObject() {
        end('}');
    }

    public void beginArray() {
        begin('[');
        if (position != null) {
            position.beginArray();
        }
    }

    public void endArray() {
        end(']');
    }

    private void begin(char bracket) {
        if (++depth > (isStored() ? DEEPEST : DEEPEST_IN_MEMORY)) {
            throw new TypeMismatch("JSON is nested deeper than "
                    + (isStored() ? DEEPEST : DEEPEST_IN_MEMORY)
                    + " levels; store what is further down as items of its own and refer to them");
        }
        value();
        out.append(bracket);
        comma = false;
    }

    private void end(char bracket) {
        depth--;
        if (position != null) {
            position.end();
        }
        out.append(bracket);
        comma = true;
    }

    /** Writes a member's key; its value comes next. */
    public void key(String key) {
        separate();
        quote(key);
        out.append(':');
        comma = false;
        if (position != null) {
            position.key(key);
        }
    }

    /** Begins a value. */
    private void value() {
        separate();
        if (position != null) {
            position.value();
        }
    }

    public void nul() {
        value();
        out.append("null");
    }

    public void bool(boolean value) {
        value();
        out.append(value);
    }

    public void whole(long value) {
        value();
        out.append(value);
    }

    public void real(double value) {
        value();
        EcmaNumber.append(out, value);
    }

    /** Writes a number with all its digits, for JSON that was read and is written as it was. */
    public void number(BigDecimal value) {
        value();
        out.append(value);
    }

    public void text(String value) {
        value();
        quote(value);
    }

    /** Returns whether holders of secrets are to be handed to {@link #carry} instead of being written. */
    public boolean carries() {
        return carried != null;
    }

    /** Puts a holder into the list, and an object with the member {@link #HELD} where it stood. */
    public void carry(Object holder) {
        List<Object> holders = Objects.requireNonNull(carried);
        beginObject();
        key(HELD);
        whole(holders.size());
        endObject();
        holders.add(holder);
    }

    /** Returns where the next value is going to stand; null where no item is at hand. */
    public @Nullable SecretLocation next() {
        return position == null ? null : position.next();
    }

    private void separate() {
        if (comma) {
            out.append(',');
        }
        comma = true;
    }

    private void quote(String text) {
        out.append('"');
        int length = text.length();
        int done = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            out.append(text, done, i);
            escape(c);
            done = i + 1;
        }
        out.append(text, done, length).append('"');
    }

    private void escape(char c) {
        if (isStored()) {
            StorableText.checkUnit(c);
        }
        switch (c) {
            case '"', '\\' -> out.append('\\').append(c);
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default ->
                out.append("\\u")
                        .append(HEX.charAt(c >> 12))
                        .append(HEX.charAt(c >> 8 & 15))
                        .append(HEX.charAt(c >> 4 & 15))
                        .append(HEX.charAt(c & 15));
        }
    }

    /**
     * Returns the keys in the order in which ECMAScript lists them: those that look like array indexes first, by
     * number.
     */
    public static Collection<String> ordered(Collection<String> keys) {
        List<String> indexes = new ArrayList<>(0);
        for (String key : keys) {
            if (isIndex(key)) {
                indexes.add(key);
            }
        }
        if (indexes.isEmpty()) {
            return keys;
        }
        indexes.sort(Comparator.comparingLong(Long::parseLong));
        List<String> ordered = new ArrayList<>(keys.size());
        ordered.addAll(indexes);
        for (String key : keys) {
            if (!isIndex(key)) {
                ordered.add(key);
            }
        }
        return ordered;
    }

    public static boolean isIndex(String key) {
        int length = key.length();
        if (length == 0 || length > 10 || (length > 1 && key.charAt(0) == '0')) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (key.charAt(i) < '0' || key.charAt(i) > '9') {
                return false;
            }
        }
        return Long.parseLong(key) <= LARGEST_INDEX;
    }

    /** Writes a reference to a file. */
    public void file(FileRef file) {
        if (texts == Texts.SEALED) {
            throw new TypeMismatch(SEALED_FILE);
        }
        text(file.toString());
    }

    /** Returns whether the text is to be stored. */
    public boolean isStored() {
        return texts != Texts.ANY;
    }

    /** Returns the text written so far. */
    @Override
    public String toString() {
        return out.toString();
    }
}
