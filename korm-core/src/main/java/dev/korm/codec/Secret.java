package dev.korm.codec;

import dev.korm.KormException;
import dev.korm.SealException;
import dev.korm.ValueException;
import dev.korm.codec.base.Codec;
import dev.korm.codec.json.JsonReader;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.json.JsonWriter.Texts;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.Payload;
import dev.korm.crypto.SecretLocation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The inside of an {@link dev.korm.Encrypted}: a value, what is stored of it, or both. A value that was opened is kept as long
 * as this is. Safe for many threads.
 */
public final class Secret {
    /** What sealed values of documents are read and written as. */
    private static final @Nullable Codec ANY = null;

    private volatile @Nullable Object value;
    private volatile @Nullable Sealed sealed;
    /** How what is stored is read. */
    private final @Nullable Codec type;

    private Secret(@Nullable Object value, @Nullable Sealed sealed, @Nullable Codec type) {
        this.value = value;
        this.sealed = sealed;
        this.type = type;
    }

    /** Returns a value that is not sealed yet. */
    public static Secret of(Object value) {
        return new Secret(value instanceof byte[] bytes ? bytes.clone() : value, null, ANY);
    }

    /** Returns a sealed value of a declared type; null for one in a document. */
    static Secret of(Sealed sealed, @Nullable Codec type) {
        return new Secret(null, sealed, type);
    }

    /** Returns the stored form; null when there is none. */
    public @Nullable Sealed sealed() {
        return sealed;
    }

    /** Opens the secret, as {@link dev.korm.Encrypted#reveal} does. */
    public Object reveal() {
        Object clear = value();
        return clear instanceof byte[] bytes ? bytes.clone() : clear;
    }

    private Object value() {
        Object known = value;
        if (known == null) {
            known = opened(Objects.requireNonNull(sealed));
            value = known;
        }
        return known;
    }

    private Object opened(Sealed stored) {
        byte[] json = stored.open();
        Object opened;
        try {
            Object tree = isPlainText(json)
                    ? new String(json, 1, json.length - 2, StandardCharsets.UTF_8)
                    : JsonReader.tree(new String(json, StandardCharsets.UTF_8));
            opened = type == null ? DynamicValue.fromTree(tree, null) : type.readNullable(tree, null);
        } catch (TypeMismatch misfit) {
            // Neither its way nor its cause are handed on: they may show what was sealed.
            throw new ValueException("The secret " + stored.where() + " was opened, but is not "
                    + (type == null ? "JSON" : type.typeName()) + ": " + misfit.reason());
        } finally {
            Arrays.fill(json, (byte) 0);
        }
        if (opened == null && type == null) {
            // In a document nobody can declare that it may be null.
            return Optional.empty();
        }
        if (opened == null) {
            throw new ValueException("The secret " + stored.where() + " was opened, and is null; declare the field as"
                    + " Encrypted<Optional<…>> to read it");
        }
        return opened;
    }

    /** Returns whether JSON is a text without escapes, as most secrets are; its characters stand there as they are. */
    private static boolean isPlainText(byte[] json) {
        int last = json.length - 1;
        if (last < 1 || json[0] != '"' || json[last] != '"') {
            return false;
        }
        for (int i = 1; i < last; i++) {
            if (json[i] == '"' || json[i] == '\\' || (json[i] >= 0 && json[i] < ' ')) {
                return false;
            }
        }
        return true;
    }

    /**
     * Writes it: sealed for its location where that is known, otherwise only a note that there is one.
     *
     * @param declared the type of the field that it is in; null in a document
     */
    void write(JsonWriter out, @Nullable Codec declared) {
        if (out.carries()) {
            out.carry(Holders.get().encrypted(this));
            return;
        }
        SecretLocation location = out.next();
        if (location != null) {
            sealedFor(location, declared).write(out);
        } else if (out.isStored()) {
            throw EncryptedCodec.outsideOfItem();
        } else {
            out.text(toString());
        }
    }

    /**
     * Returns its stored form for a location. What was read from there, or was sealed for it before, keeps its bytes;
     * anything else is sealed anew.
     *
     * @param declared the type of the field that it is written to; null in a document
     */
    Sealed sealedFor(SecretLocation location, @Nullable Codec declared) {
        Sealed known = sealed;
        if (known != null && location.equals(known.location()) && !isOutdated(known, location)) {
            return known;
        }
        byte[] json;
        try {
            json = json(declared);
        } catch (SealException closed) {
            if (known == null
                    || !location.equals(known.location())
                    || closed.reason() == SealException.Reason.UNKNOWN_KEY) {
                throw closed;
            }
            return known;
        }
        try {
            Sealed fresh = Sealed.of(location.sealer().sealed(json, location), location);
            if (known == null) {
                sealed = fresh;
            }
            return fresh;
        } finally {
            Arrays.fill(json, (byte) 0);
        }
    }

    /**
     * Returns whether it was sealed with another key than the current one. Written again as it is, it would undo a
     * rotation that has come by since it was read.
     */
    private static boolean isOutdated(Sealed known, SecretLocation location) {
        Payload payload = known.payloadOrNull();
        return payload != null
                && payload.type().equals(Payload.SYMMETRIC)
                && !StoredSecrets.keyId(payload).equals(location.sealer().ring().currentId());
    }

    /**
     * Returns the JSON that is sealed, or is to be, which the caller overwrites.
     *
     * @param declared the type of the field that it is in; null in a document
     */
    byte[] json(@Nullable Codec declared) {
        Sealed known = sealed;
        return value != null || known == null ? json(value(), declared) : known.open();
    }

    private static byte[] json(Object clear, @Nullable Codec declared) {
        JsonWriter out = new JsonWriter(Texts.SEALED);
        try {
            if (declared == null) {
                DynamicValue.write(DynamicValue.normal(clear, 0), out);
            } else {
                declared.writeNullable(clear, out);
            }
        } catch (TypeMismatch misfit) {
            throw withoutData(misfit);
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Removes path and cause from a mismatch: field names of documents, and what a constructor says, may be what is to
     * be hidden.
     */
    static TypeMismatch withoutData(TypeMismatch misfit) {
        return new TypeMismatch("the value to seal does not fit: " + misfit.reason());
    }

    /** Returns the value, where it need not be opened to be seen; else null. */
    @Nullable Object valueIfClear() {
        return value;
    }

    /** Compares the values; what does not open is equal only to itself. */
    @SuppressWarnings("ReferenceEquality") // Equality is what is asked here.
    boolean isSame(Secret other, @Nullable Codec declared, int depth) {
        Sealed mine = sealed;
        Sealed theirs = other.sealed;
        if (other == this || (mine != null && theirs != null && mine.isSame(theirs))) {
            return true;
        }
        Object one;
        Object another;
        try {
            one = value();
            another = other.value();
        } catch (KormException closed) {
            return false;
        }
        return declared == null ? DynamicValue.same(one, another) : declared.sameNullable(one, another, depth);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && isSame(secret, ANY, 0);
    }

    /**
     * Returns the same for all: a hash would tell something of the value, and to know it the value would have to be
     * opened.
     */
    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "[REDACTED]";
    }
}
