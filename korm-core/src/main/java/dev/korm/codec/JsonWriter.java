package dev.korm.codec;

import dev.korm.codec.text.EcmaNumber;
import dev.korm.codec.text.JsonPosition;
import dev.korm.codec.text.StorableText;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import dev.korm.file.FileRef;
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

    /** The only member of an object that stands for a holder that is carried; nothing that is stored has such a key. */
    static final String HELD = "\0held";

    /** Why files are not sealed with values. */
    static final String SEALED_FILE =
            "a reference to a file cannot be sealed, because korm has to see which files items refer to, to store"
                    + " and to keep them. Take it out of the secret, and keep its bytes in a SealedDepot";

    private static final String HEX = "0123456789abcdef";
    private static final long LARGEST_INDEX = 4294967294L;

    private final StringBuilder out = new StringBuilder();
    private final Texts texts;
    /** Where the values stand; null where no item is at hand. */
    private final @Nullable JsonPosition place;
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
        this.place = column == null ? null : new JsonPosition(column);
        this.carried = carried;
    }

    /** Creates a writer of what is to be stored in a column; without a place, secrets are refused. */
    static JsonWriter into(@Nullable SecretLocation column) {
        return new JsonWriter(Texts.STORABLE, column, null);
    }

    /**
     * Creates a writer that puts the holders of secrets into a list, and an object with the member {@link #HELD} in
     * their places.
     */
    static JsonWriter carrying(List<Object> holders) {
        return new JsonWriter(Texts.ANY, null, holders);
    }

    /**
     * Returns a value's JSON text, fit to be stored.
     *
     * @param column where; null where no item is at hand
     */
    static String text(Codec codec, @Nullable Object value, @Nullable SecretLocation column) {
        JsonWriter json = into(column);
        codec.writeNullable(value, json);
        return json.toString();
    }

    public void beginObject() {
        begin('{');
        if (place != null) {
            place.beginObject();
        }
    }

    public void endObject() {
        end('}');
    }

    public void beginArray() {
        begin('[');
        if (place != null) {
            place.beginArray();
        }
    }

    public void endArray() {
        end(']');
    }

    private void begin(char bracket) {
        if (++depth > (isStored() ? DEEPEST : Codec.DEEPEST)) {
            throw new TypeMismatch("JSON is nested deeper than "
                    + (isStored() ? DEEPEST : Codec.DEEPEST)
                    + " levels; store what is further down as items of its own and refer to them");
        }
        value();
        out.append(bracket);
        comma = false;
    }

    private void end(char bracket) {
        depth--;
        if (place != null) {
            place.end();
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
        if (place != null) {
            place.key(key);
        }
    }

    /** Begins a value. */
    private void value() {
        separate();
        if (place != null) {
            place.value();
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
    void number(BigDecimal value) {
        value();
        out.append(value);
    }

    public void text(String value) {
        value();
        quote(value);
    }

    /**
     * Writes a secret: sealed for its place where that is known, otherwise only a note that there is one.
     *
     * @param type of the field that it is in; null in a document
     */
    void secret(Secret secret, @Nullable Codec type) {
        if (carried != null) {
            carry(Holders.get().encrypted(secret));
        } else if (place != null) {
            secret.sealedFor(place.next(), type).write(this);
        } else if (texts == Texts.ANY) {
            text(secret.toString());
        } else {
            throw EncryptedCodec.outsideOfItem();
        }
    }

    /** Writes the hash of a password; only a note that there is one where the text is not to be stored. */
    void password(Sealed stored) {
        if (carried != null) {
            carry(Holders.get().password(stored));
        } else if (texts == Texts.ANY) {
            text(Holders.get().password(stored).toString());
        } else {
            stored.write(this);
        }
    }

    private void carry(Object holder) {
        List<Object> holders = java.util.Objects.requireNonNull(carried);
        beginObject();
        key(HELD);
        whole(holders.size());
        endObject();
        holders.add(holder);
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

    /** Writes a reference to a file. */
    void file(FileRef file) {
        if (texts == Texts.SEALED) {
            throw new TypeMismatch(SEALED_FILE);
        }
        text(file.toString());
    }

    /** Returns whether the text is to be stored. */
    boolean isStored() {
        return texts != Texts.ANY;
    }

    /** Returns the text written so far. */
    @Override
    public String toString() {
        return out.toString();
    }
}
