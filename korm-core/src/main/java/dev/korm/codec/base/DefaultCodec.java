package dev.korm.codec.base;

/** A type with a value that stands for null; see {@link dev.korm.Default}. */
public final class DefaultCodec extends WrapperCodec {
    private final Object value;

    public DefaultCodec(Codec inner, Object value) {
        super(inner);
        this.value = value;
    }

    /** Returns the value that stands for null, as it is stored. */
    public Object stored() {
        return toStored(value);
    }

    @Override
    public String typeName() {
        return inner().typeName();
    }

    @Override
    public Object ofNull() {
        return value;
    }

    @Override
    public Object unwrap(Object given) {
        return given;
    }

    @Override
    public Object wrap(Object given) {
        return given;
    }
}
