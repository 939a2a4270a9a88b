package dev.korm.codec;

import dev.korm.crypto.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Payloads as JSON text. Reading knows only the plain form that every writer of payloads gives them, one object of texts, numbers
 * and booleans without escapes, and that in a fraction of the time that JSON in general takes; anything else is left to the
 * parser of all JSON.
 */
final class PayloadText {
    static final String MARK = "__ENCRYPTED__";
    static final String TYPE = "type";
    static final String VALUE = "value";
    static final String DATA_TYPE = "dataType";
    static final String NONCE = "iv";
    static final String TAG = "authTag";
    static final String VERSION = "v";
    static final String KEY_ID = "kid";

    /** More members than a payload can have. */
    private static final int MOST = 12;

    private final String text;
    private int at;

    private PayloadText(String text) {
        this.text = text;
    }

    /** The payload that a text is in the plain form; null for any other text. */
    static @Nullable Payload parse(String text) {
        return new PayloadText(text).payload();
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

    /** A text in quotes without anything that is escaped; null when there is none. */
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

    /** The mark or the version: what is not in quotes. */
    private @Nullable String bare() {
        int begin = at;
        while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
            at++;
        }
        return at > begin ? text.substring(begin, at) : null;
    }

    /** The text of what was just sealed, whose members need no escapes. */
    static String ofSealed(Payload payload) {
        return "{\"" + MARK + "\":true,\"" + TYPE + "\":\"" + payload.type() + "\",\"" + VALUE + "\":\""
                + payload.value()
                + "\",\"" + DATA_TYPE + "\":\"" + payload.dataType() + "\",\"" + NONCE + "\":\"" + payload.iv()
                + "\",\"" + TAG
                + "\":\"" + payload.authTag() + "\",\"" + VERSION + "\":" + payload.version() + ",\"" + KEY_ID + "\":\""
                + payload.keyId() + "\"}";
    }
}
