package dev.korm.codec;

import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.spi.ColumnKind;

/** A reference, stored as its text. */
public final class RnCodec extends ScalarCodec {
    private final Class<?> target;

    RnCodec(Class<?> target) {
        super(Rn.class, ColumnKind.RN, Order.UNORDERED);
        this.target = target;
    }

    /** The type of the items that are referred to. */
    public Class<?> target() {
        return target;
    }

    @Override
    public String typeName() {
        return "Rn<" + target.getSimpleName() + ">";
    }

    @Override
    public Object toStored(Object value) {
        return value.toString();
    }

    @Override
    public Object fromStored(Object stored) {
        try {
            return Rn.parse((String) stored);
        } catch (RnException malformed) {
            throw new Misfit("the text is no RN; read the field as String to see and mend it");
        }
    }

    @Override
    public Object convert(Object value, int depth) {
        if (value instanceof String text) {
            return fromStored(text);
        }
        return super.convert(value, depth);
    }
}
