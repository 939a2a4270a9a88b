package dev.korm.codec;

import dev.korm.Encrypted;
import dev.korm.Normalized;
import dev.korm.codec.base.Codec;
import dev.korm.codec.json.CanonicalJson;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.FingerprintKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A sealed value, stored as a payload: in a column of its own, or as an object inside JSON. */
public final class EncryptedCodec extends Codec {
    private final Codec inner;
    private final Search search;
    private final Set<Normalized.Form> forms;
    private final int bits;

    /** The choice of whether values can be searched for. */
    public enum Search {
        NONE,
        BY_VALUE
    }

    EncryptedCodec(Codec inner) {
        this(inner, Search.NONE, Set.of(), FingerprintKey.EXACT_BITS);
    }

    EncryptedCodec(Codec inner, Search search, Set<Normalized.Form> forms, int bits) {
        this.inner = inner;
        this.search = search;
        this.forms = Set.copyOf(forms);
        this.bits = bits;
    }

    /** Returns whether values can be searched for, and how. */
    public Search search() {
        return search;
    }

    /** Returns the differences between two texts that a search ignores. */
    public Set<Normalized.Form> forms() {
        return forms;
    }

    /** Returns the length of the search fingerprints in bits. */
    public int bits() {
        return bits;
    }

    /** Returns the codec that encodes the values before they are sealed. */
    Codec inner() {
        return inner;
    }

    @Override
    public ColumnKind kind() {
        return ColumnKind.ENCRYPTED;
    }

    @Override
    public String typeName() {
        return "Encrypted<" + inner.typeName() + ">";
    }

    @Override
    public Object toStored(Object value) {
        return toStored(value, null);
    }

    @Override
    public Object toStored(Object value, @Nullable SecretLocation location) {
        if (location == null) {
            throw outsideOfItem();
        }
        return secret(value).sealedFor(location, inner).text();
    }

    /** Returns the refusal to seal where no item is at hand. */
    static TypeMismatch outsideOfItem() {
        return new TypeMismatch("a secret is sealed for one item; set it item by item");
    }

    @Override
    public Object fromStored(Object stored) {
        return fromStored(stored, null);
    }

    @Override
    public Object fromStored(Object stored, @Nullable SecretLocation location) {
        return Holders.get().encrypted(Secret.of(Sealed.ofText((String) stored, location), inner));
    }

    @Override
    public void write(Object value, JsonWriter out) {
        secret(value).write(out, inner);
    }

    @Override
    public Object read(Object tree, @Nullable SecretLocation location) {
        return Holders.get().encrypted(Secret.of(Sealed.ofTree(tree, location), inner));
    }

    /** Converts a value that is not yet in a holder into one, so that secrets stay secret. */
    @Override
    public Object convert(Object value, int depth) {
        try {
            return converted(value, depth);
        } catch (TypeMismatch misfit) {
            throw Secret.withoutData(misfit);
        }
    }

    private Object converted(Object value, int depth) {
        if (!(value instanceof Encrypted<?> encrypted)) {
            return Encrypted.of(inner.convert(value, depth));
        }
        Object clear = secret(encrypted).valueIfClear();
        if (clear != null) {
            Object bare = bare(clear);
            Object converted = inner.convertNullable(bare, depth);
            return converted == null || inner.sameNullable(converted, clear, depth) ? value : Encrypted.of(converted);
        }
        return value;
    }

    /** Returns the canonical JSON of the value, where it can be searched. */
    @Override
    public Object constant(Object value) {
        if (search == Search.BY_VALUE) {
            Object clear = bare(value instanceof Encrypted<?> encrypted ? encrypted.reveal() : value);
            Object converted = clear == null ? null : inner.convertNullable(clear, 0);
            if (converted == null || inner.isEmpty(converted)) {
                throw new TypeMismatch("an empty value is not sealed; use isNull");
            }
            JsonWriter out = new JsonWriter(JsonWriter.Texts.ANY);
            inner.write(converted, out);
            return CanonicalJson.json(out.toString(), ColumnKind.JSON, forms);
        }
        throw new TypeMismatch("its values are sealed, so the database cannot compare them");
    }

    @Override
    public boolean same(Object one, Object other, int depth) {
        return secret(one).isSame(secret(other), inner, depth);
    }

    @Override
    public Object describe(Object value, int depth) {
        return value.toString();
    }

    private Secret secret(Object value) {
        if (value instanceof Encrypted<?> encrypted) {
            return Holders.get().secret(encrypted);
        }
        throw unfit(value);
    }
}
