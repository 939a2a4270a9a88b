package dev.korm.codec;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes JSON text as ECMAScript's {@code JSON.stringify} does, without spaces. Not safe for several threads. */
public final class JsonWriter {
    /** MySQL refuses more levels of arrays and objects; what one layer refuses, all do. */
    public static final int DEEPEST = 100;

    private static final String HEX = "0123456789abcdef";
    private static final long LARGEST_INDEX = 4294967294L;

    private final StringBuilder out = new StringBuilder();
    private final Texts texts;
    private int depth;
    private boolean comma;

    /** Which texts and depths are written. */
    public enum Texts {
        /** What can be stored on every layer: neither NUL nor unpaired surrogates, at most {@value #DEEPEST} levels. */
        STORABLE,
        /** Everything. */
        ANY
    }

    public JsonWriter(Texts texts) {
        this.texts = texts;
    }

    /** A value's JSON text, fit to be stored. */
    public static String text(Codec codec, @Nullable Object value) {
        JsonWriter json = new JsonWriter(Texts.STORABLE);
        codec.writeNullable(value, json);
        return json.toString();
    }

    public void beginObject() {
        begin('{');
    }

    public void endObject() {
        end('}');
    }

    public void beginArray() {
        begin('[');
    }

    public void endArray() {
        end(']');
    }

    private void begin(char bracket) {
        if (++depth > (texts == Texts.STORABLE ? DEEPEST : Codec.DEEPEST)) {
            throw new Misfit("JSON is nested deeper than "
                    + (texts == Texts.STORABLE ? DEEPEST : Codec.DEEPEST)
                    + " levels; store what is further down as items of its own and refer to them");
        }
        separate();
        out.append(bracket);
        comma = false;
    }

    private void end(char bracket) {
        depth--;
        out.append(bracket);
        comma = true;
    }

    /** A member's key; its value comes next. */
    public void key(String key) {
        separate();
        quote(key);
        out.append(':');
        comma = false;
    }

    public void nul() {
        separate();
        out.append("null");
    }

    public void bool(boolean value) {
        separate();
        out.append(value);
    }

    public void whole(long value) {
        separate();
        out.append(value);
    }

    public void real(double value) {
        separate();
        EcmaNumber.append(out, value);
    }

    /** A number with all its digits, for JSON that was read and is written as it was. */
    void number(BigDecimal value) {
        separate();
        out.append(value);
    }

    public void text(String value) {
        separate();
        quote(value);
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
        if (texts == Texts.STORABLE) {
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

    /** Keys in the order in which ECMAScript lists them: those that look like array indexes first, by number. */
    static Collection<String> ordered(Collection<String> keys) {
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

    static boolean isIndex(String key) {
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

    /** The text written so far. */
    @Override
    public String toString() {
        return out.toString();
    }
}
