package dev.korm.codec;

import dev.korm.SealException;
import dev.korm.SealException.Reason;
import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonReader;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.json.JsonWriter.Texts;
import dev.korm.codec.json.PayloadText;
import dev.korm.codec.json.SealedText;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.Payload;
import dev.korm.crypto.SealedBytes;
import dev.korm.crypto.SecretLocation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a secret, with its location; it is parsed only on demand, so that a row can be read whatever it
 * holds. Keeps what it was read from, so that a secret that does not change keeps its bytes. Immutable but for what it
 * has understood; safe for many threads.
 */
public final class Sealed {
    private final @Nullable SecretLocation location;
    private final @Nullable String text;
    private final @Nullable Object tree;
    /** What was sealed just now. */
    private final @Nullable SealedBytes fresh;

    private volatile @Nullable Payload payload;

    private Sealed(
            @Nullable SecretLocation location,
            @Nullable String text,
            @Nullable Object tree,
            @Nullable SealedBytes fresh,
            @Nullable Payload payload) {
        this.location = location;
        this.text = text;
        this.tree = tree;
        this.fresh = fresh;
        this.payload = payload;
    }

    /** Returns the JSON text of a column. */
    static Sealed ofText(String text, @Nullable SecretLocation location) {
        return new Sealed(location, text, null, null, null);
    }

    /** Returns a part of JSON. */
    static Sealed ofTree(Object tree, @Nullable SecretLocation location) {
        return new Sealed(location, null, tree, null, null);
    }

    static Sealed of(Payload payload, @Nullable SecretLocation location) {
        return new Sealed(location, null, null, null, payload);
    }

    /** Returns what was sealed for a place just now. */
    static Sealed of(SealedBytes fresh, SecretLocation location) {
        return new Sealed(location, null, null, fresh, null);
    }

    /**
     * Returns whether a JSON object is a payload: sealed values and password hashes have this form, and nothing else
     * may.
     */
    static boolean isPayload(JsonObject object) {
        return isPayload(object.get(PayloadText.MARK), object.get(PayloadText.TYPE), object.get(PayloadText.VALUE));
    }

    /** Works as {@link #isPayload(JsonObject)}, for the members of a document. */
    static boolean isPayload(java.util.Map<String, ?> members) {
        return members.containsKey(PayloadText.MARK)
                && isPayload(
                        members.get(PayloadText.MARK), members.get(PayloadText.TYPE), members.get(PayloadText.VALUE));
    }

    private static boolean isPayload(@Nullable Object mark, @Nullable Object type, @Nullable Object value) {
        return Boolean.TRUE.equals(mark) && type instanceof String && value instanceof String;
    }

    /** Returns the location; null when no item is known. */
    public @Nullable SecretLocation location() {
        return location;
    }

    /** Returns its members; null when the stored value is not a payload. */
    public @Nullable Payload payloadOrNull() {
        Payload known = payload;
        if (known == null) {
            known = understood();
            payload = known;
        }
        return known;
    }

    /**
     * Returns its members.
     *
     * @throws SealException when what is stored is no payload
     */
    Payload payload() {
        Payload known = payloadOrNull();
        if (known == null) {
            throw new SealException(
                    Reason.MALFORMED,
                    "The secret " + where()
                            + " cannot be opened: the value stored there is not a sealed value. Set the field anew,"
                            + " or restore it from a backup");
        }
        return known;
    }

    String where() {
        return location == null ? "of no item" : location.toString();
    }

    private @Nullable Payload understood() {
        if (fresh != null) {
            return fresh.payload();
        }
        Object object = tree;
        if (text != null) {
            Payload plain = PayloadText.parse(text);
            if (plain != null) {
                return plain;
            }
            try {
                object = JsonReader.tree(text);
            } catch (TypeMismatch malformed) {
                return null;
            }
        }
        if (!(object instanceof JsonObject members) || !isPayload(members)) {
            return null;
        }
        Object version = members.get(PayloadText.VERSION);
        return new Payload(
                (String) Objects.requireNonNull(members.get(PayloadText.TYPE)),
                (String) Objects.requireNonNull(members.get(PayloadText.VALUE)),
                text(members, PayloadText.DATA_TYPE),
                text(members, PayloadText.NONCE),
                text(members, PayloadText.TAG),
                version == null ? 0 : version instanceof Long number && number > 0 ? number : -1,
                text(members, PayloadText.KEY_ID));
    }

    private static @Nullable String text(JsonObject members, String name) {
        return members.get(name) instanceof String member ? member : null;
    }

    /**
     * Returns the bytes of its JSON, which the caller overwrites.
     *
     * @throws SealException when it does not open
     */
    byte[] open() {
        SecretLocation here = location;
        if (here == null) {
            throw new SealException(
                    Reason.FOREIGN_OR_ALTERED,
                    "The secret cannot be opened: it was read without an item that it could belong to");
        }
        SealedBytes quick = fresh != null || text == null ? fresh : SealedText.parse(text);
        return quick != null ? here.sealer().open(quick, here) : here.sealer().open(payload(), here);
    }

    /** Returns the JSON text as it is stored in a column of its own. */
    String text() {
        if (text != null) {
            return text;
        }
        if (fresh != null) {
            return SealedText.of(fresh);
        }
        JsonWriter out = new JsonWriter(Texts.ANY);
        write(out);
        return out.toString();
    }

    /** Writes it as a part of JSON, as it was. */
    void write(JsonWriter out) {
        if (tree != null) {
            JsonTree.write(tree, out);
        } else if (text != null) {
            JsonTree.write(JsonReader.tree(text), out);
        } else {
            write(Objects.requireNonNull(payloadOrNull()), out);
        }
    }

    /** Writes the hash of a password that it holds; only a note that there is one where the text is not to be stored. */
    void writePassword(JsonWriter out) {
        if (out.carries()) {
            out.carry(Holders.get().password(this));
        } else if (out.isStored()) {
            write(out);
        } else {
            out.text(Holders.get().password(this).toString());
        }
    }

    private static void write(Payload payload, JsonWriter out) {
        out.beginObject();
        out.key(PayloadText.MARK);
        out.bool(true);
        member(PayloadText.TYPE, payload.type(), out);
        member(PayloadText.VALUE, payload.value(), out);
        member(PayloadText.DATA_TYPE, payload.dataType(), out);
        member(PayloadText.NONCE, payload.iv(), out);
        member(PayloadText.TAG, payload.authTag(), out);
        if (payload.version() != 0) {
            out.key(PayloadText.VERSION);
            out.whole(payload.version());
        }
        member(PayloadText.KEY_ID, payload.keyId(), out);
        out.endObject();
    }

    private static void member(String name, @Nullable String value, JsonWriter out) {
        if (value != null) {
            out.key(name);
            out.text(value);
        }
    }

    /** Returns whether it is the same secret at the same location, as far as that shows without opening it. */
    boolean isSame(Sealed other) {
        return other == this
                || (location != null
                        && location.equals(other.location)
                        && payloadOrNull() != null
                        && Objects.equals(payloadOrNull(), other.payloadOrNull()));
    }
}
