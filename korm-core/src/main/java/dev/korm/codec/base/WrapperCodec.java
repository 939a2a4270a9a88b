package dev.korm.codec.base;

import dev.korm.codec.json.JsonWriter;
import dev.korm.crypto.SecretLocation;
import dev.korm.spi.query.ColumnKind;
import org.jspecify.annotations.Nullable;

/** A type that wraps values of another and is stored as they are. */
public abstract class WrapperCodec extends Codec {
    private final Codec inner;

    public WrapperCodec(Codec inner) {
        this.inner = inner;
    }

    /** Returns the codec of the values inside. */
    public final Codec inner() {
        return inner;
    }

    /** Returns the value inside; only of one that is not empty. */
    public abstract Object unwrap(Object value);

    /** Returns the value with the wrapper around it. */
    public abstract Object wrap(Object value);

    @Override
    public final ColumnKind kind() {
        return inner.kind();
    }

    @Override
    public final boolean isOrdered() {
        return inner.isOrdered();
    }

    @Override
    public final Object toStored(Object value) {
        return toStored(value, null);
    }

    @Override
    public Object toStored(Object value, @Nullable SecretLocation location) {
        return inner.toStored(unwrap(value), location);
    }

    @Override
    public final Object fromStored(Object stored) {
        return fromStored(stored, null);
    }

    @Override
    public final Object fromStored(Object stored, @Nullable SecretLocation location) {
        return wrap(inner.fromStored(stored, location));
    }

    @Override
    public final void write(Object value, JsonWriter out) {
        inner.write(unwrap(value), out);
    }

    @Override
    public final Object read(Object tree, @Nullable SecretLocation location) {
        return wrap(inner.read(tree, location));
    }

    @Override
    public final Object convert(Object value, int depth) {
        return wrap(inner.convert(value, depth));
    }

    @Override
    public final Object constant(Object value) {
        return inner.constant(value);
    }

    @Override
    public final boolean same(Object one, Object other, int depth) {
        return inner.same(unwrap(one), unwrap(other), depth);
    }

    @Override
    public final Object describe(Object value, int depth) {
        return inner.describe(unwrap(value), depth);
    }
}
