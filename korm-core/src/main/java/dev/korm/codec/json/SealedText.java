package dev.korm.codec.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.korm.crypto.Payload;
import dev.korm.crypto.SealedBytes;
import dev.korm.crypto.primitive.Hex;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The text that sealed values have in columns of their own, to the letter as this korm writes it: from bytes to text and back in one step, without the
 * pieces between. Any other text of the same payload is left to {@link PayloadText}.
 */
public final class SealedText {
    private static final byte[] BEFORE_VALUE = bytes("{\"" + PayloadText.MARK + "\":true,\"" + PayloadText.TYPE
            + "\":\"" + Payload.SYMMETRIC + "\",\"" + PayloadText.VALUE + "\":\"");
    private static final String OPENING = "{\"" + PayloadText.MARK;
    private static final byte[] BEFORE_DATA_TYPE = bytes("\",\"" + PayloadText.DATA_TYPE + "\":\"");
    private static final byte[] BEFORE_NONCE = bytes("\",\"" + PayloadText.NONCE + "\":\"");
    private static final byte[] BEFORE_TAG = bytes("\",\"" + PayloadText.TAG + "\":\"");
    private static final byte[] BEFORE_KEY_ID =
            bytes("\",\"" + PayloadText.VERSION + "\":" + Payload.VERSION + ",\"" + PayloadText.KEY_ID + "\":\"");
    private static final byte[] END = bytes("\"}");
    private static final int FIXED = BEFORE_VALUE.length
            + BEFORE_DATA_TYPE.length
            + BEFORE_NONCE.length
            + BEFORE_TAG.length
            + BEFORE_KEY_ID.length
            + END.length
            + 2 * SealedBytes.NONCE_LENGTH;
    private static final String[] DATA_TYPES = {"string", "number", "boolean", "object"};

    private final byte[] text;
    /** The same, when it is read: a search in it is one of the machine's instructions. */
    private final String source;

    private int at;
    /** A character was written that is none of ASCII, or would have to be escaped. */
    private boolean unusual;

    private SealedText(byte[] text, String source) {
        this.text = text;
        this.source = source;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** Returns what a text holds; null when it is written in another way, or is none of ours. */
    public static @Nullable SealedBytes parse(String text) {
        // A character beyond Latin-1 becomes a question mark, which stands in no text that is read here.
        return text.startsWith(OPENING) ? new SealedText(bytes(text), text).parsed() : null;
    }

    private @Nullable SealedBytes parsed() {
        if (!take(BEFORE_VALUE)) {
            return null;
        }
        int value = at;
        int end = quote();
        if (end < 0 || !take(BEFORE_DATA_TYPE)) {
            return null;
        }
        String dataType = dataType();
        if (dataType == null || !take(BEFORE_NONCE)) {
            return null;
        }
        int nonce = at;
        if (quote() != nonce + 2 * SealedBytes.NONCE_LENGTH || !take(BEFORE_TAG)) {
            return null;
        }
        int tag = at;
        if (quote() != tag + 2 * SealedBytes.TAG_LENGTH || !take(BEFORE_KEY_ID)) {
            return null;
        }
        int keyId = at;
        int keyEnd = quote();
        if (keyEnd <= keyId || !take(END) || at != text.length || !isPlain(keyId, keyEnd) || (end - value) % 2 != 0) {
            return null;
        }
        byte[] nonceBytes = new byte[SealedBytes.NONCE_LENGTH];
        byte[] sealed = new byte[(end - value) / 2 + SealedBytes.TAG_LENGTH];
        return Hex.bytes(text, nonce, nonceBytes.length, nonceBytes, 0)
                        && Hex.bytes(text, value, (end - value) / 2, sealed, 0)
                        && Hex.bytes(text, tag, SealedBytes.TAG_LENGTH, sealed, (end - value) / 2)
                ? new SealedBytes(nonceBytes, sealed, dataType, new String(text, keyId, keyEnd - keyId, ISO_8859_1))
                : null;
    }

    private boolean take(byte[] wanted) {
        int end = at + wanted.length;
        if (end > text.length || !Arrays.equals(text, at, end, wanted, 0, wanted.length)) {
            return false;
        }
        at = end;
        return true;
    }

    /** Moves to the next quotation mark, and returns where it is; -1 when there is none. */
    private int quote() {
        int found = source.indexOf('"', at);
        at = Math.max(found, at);
        return found;
    }

    private @Nullable String dataType() {
        int begin = at;
        int end = quote();
        for (String known : DATA_TYPES) {
            if (end - begin == known.length() && isAt(begin, known)) {
                return known;
            }
        }
        return null;
    }

    private boolean isAt(int begin, String known) {
        for (int i = 0; i < known.length(); i++) {
            if (text[begin + i] != known.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether no character is escaped, or was lost because it is none of Latin-1. */
    private boolean isPlain(int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] < ' ' || text[i] == '\\' || text[i] == '?') {
                return false;
            }
        }
        return true;
    }

    /** Returns the text of what was sealed. */
    public static String of(SealedBytes secret) {
        String dataType = secret.dataType();
        String keyId = secret.keyId();
        byte[] sealed = secret.sealed();
        SealedText out = new SealedText(new byte[FIXED + 2 * sealed.length + dataType.length() + keyId.length()], "");
        int end = sealed.length - SealedBytes.TAG_LENGTH;
        out.put(BEFORE_VALUE)
                .hex(sealed, 0, end)
                .put(BEFORE_DATA_TYPE)
                .put(dataType)
                .put(BEFORE_NONCE)
                .hex(secret.nonce(), 0, SealedBytes.NONCE_LENGTH)
                .put(BEFORE_TAG)
                .hex(sealed, end, sealed.length)
                .put(BEFORE_KEY_ID)
                .put(keyId)
                .put(END);
        return out.unusual ? PayloadText.ofSealed(secret.payload()) : new String(out.text, ISO_8859_1);
    }

    private SealedText put(byte[] part) {
        System.arraycopy(part, 0, text, at, part.length);
        at += part.length;
        return this;
    }

    private SealedText put(String part) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            unusual |= c < ' ' || c >= 0x7f || c == '"' || c == '\\';
            text[at++] = (byte) c;
        }
        return this;
    }

    private SealedText hex(byte[] bytes, int from, int to) {
        Hex.text(bytes, from, to, text, at);
        at += 2 * (to - from);
        return this;
    }
}
