package dev.korm.codec.json;

import dev.korm.crypto.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Payloads as JSON text. Reading knows two forms: to the letter what {@link #ofSealed} writes, which takes a few searches and as many
 * pieces of the text; and the plain form that every writer of payloads gives them, one object of texts, numbers and booleans without
 * escapes, as databases hand it back that keep JSON in a way of their own. Anything else is left to the parser of all JSON.
 */
public final class PayloadText {
    public static final String MARK = "__ENCRYPTED__";
    public static final String TYPE = "type";
    public static final String VALUE = "value";
    public static final String DATA_TYPE = "dataType";
    public static final String NONCE = "iv";
    public static final String TAG = "authTag";
    public static final String VERSION = "v";
    public static final String KEY_ID = "kid";

    /** More members than a payload can have. */
    private static final int MOST = 12;

    private final String text;
    private int at;

    private PayloadText(String text) {
        this.text = text;
    }

    private static final String BEFORE_VALUE =
            "{\"" + MARK + "\":true,\"" + TYPE + "\":\"symmetric\",\"" + VALUE + "\":\"";
    private static final String BEFORE_DATA_TYPE = "\",\"" + DATA_TYPE + "\":\"";
    private static final String BEFORE_NONCE = "\",\"" + NONCE + "\":\"";
    private static final String BEFORE_TAG = "\",\"" + TAG + "\":\"";
    private static final String BEFORE_KEY_ID = "\",\"" + VERSION + "\":" + Payload.VERSION + ",\"" + KEY_ID + "\":\"";
    private static final String END = "\"}";

    /** Returns the payload that a text is in one of the two forms; null for any other text. */
    public static @Nullable Payload parse(String text) {
        Payload own = text.startsWith(BEFORE_VALUE) && text.indexOf('\\') < 0 ? new PayloadText(text).own() : null;
        return own != null ? own : new PayloadText(text).payload();
    }

    /** Returns the payload that {@link #ofSealed} has written; null when the text is anything else. */
    private @Nullable Payload own() {
        String value = between(BEFORE_VALUE);
        String dataType = between(BEFORE_DATA_TYPE);
        String nonce = between(BEFORE_NONCE);
        String tag = between(BEFORE_TAG);
        String keyId = between(BEFORE_KEY_ID);
        return value != null
                        && dataType != null
                        && nonce != null
                        && tag != null
                        && keyId != null
                        && at + END.length() == text.length()
                        && text.endsWith(END)
                ? new Payload(Payload.SYMMETRIC, value, dataType, nonce, tag, Payload.VERSION, keyId)
                : null;
    }

    /**
     * Returns the text between some text, which must come next, and the following quotation mark; null when it does not
     * come next.
     */
    private @Nullable String between(String before) {
        int begin = at + before.length();
        int end = text.startsWith(before, at) ? text.indexOf('"', begin) : -1;
        if (end < 0) {
            at = text.length();
            return null;
        }
        at = end;
        return text.substring(begin, end);
    }

    private @Nullable Payload payload() {
        @Nullable String[] keys = new String[MOST];
        @Nullable String[] values = new String[MOST];
        int count = 0;
        if (!take('{')) {
            return null;
        }
        do {
            String key = quoted();
            if (key == null || !take(':') || count == MOST) {
                return null;
            }
            space();
            boolean literal = key.equals(MARK) || key.equals(VERSION);
            String value = literal ? bare() : quoted();
            if (value == null) {
                return null;
            }
            keys[count] = key;
            values[count++] = value;
        } while (take(','));
        if (!take('}')) {
            return null;
        }
        space();
        return at == text.length() ? payload(keys, values) : null;
    }

    private static @Nullable Payload payload(@Nullable String[] keys, @Nullable String[] values) {
        String type = null;
        String value = null;
        String dataType = null;
        String nonce = null;
        String tag = null;
        String keyId = null;
        long version = 0;
        boolean marked = false;
        for (int i = 0; i < MOST; i++) {
            String key = keys[i];
            String member = values[i];
            if (key == null || member == null) {
                break;
            }
            switch (key) {
                case MARK -> marked = member.equals("true");
                case TYPE -> type = member;
                case VALUE -> value = member;
                case DATA_TYPE -> dataType = member;
                case NONCE -> nonce = member;
                case TAG -> tag = member;
                case KEY_ID -> keyId = member;
                case VERSION -> version = member.length() == 1 ? member.charAt(0) - '0' : -1;
                default -> {
                    return null;
                }
            }
        }
        if (!marked || version < 0 || version > 9 || type == null || value == null) {
            return null;
        }
        return new Payload(type, value, dataType, nonce, tag, version, keyId);
    }

    private void space() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private boolean take(char c) {
        space();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    /** Returns a text in quotes without anything that is escaped; null when there is none. */
    private @Nullable String quoted() {
        if (!take('"')) {
            return null;
        }
        int end = text.indexOf('"', at);
        if (end < 0) {
            return null;
        }
        String quoted = text.substring(at, end);
        at = end + 1;
        return quoted.indexOf('\\') < 0 ? quoted : null;
    }

    /** Returns the mark or the version: what is not in quotes. */
    private @Nullable String bare() {
        int begin = at;
        while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
            at++;
        }
        return at > begin ? text.substring(begin, at) : null;
    }

    /** Returns the text of what was just sealed, whose members need no escapes. */
    public static String ofSealed(Payload payload) {
        return BEFORE_VALUE
                + payload.value()
                + BEFORE_DATA_TYPE
                + payload.dataType()
                + BEFORE_NONCE
                + payload.iv()
                + BEFORE_TAG
                + payload.authTag()
                + BEFORE_KEY_ID
                + payload.keyId()
                + END;
    }
}
