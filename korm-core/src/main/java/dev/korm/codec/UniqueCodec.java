package dev.korm.codec;

import dev.korm.Unique;
import dev.korm.spi.ColumnKind;

/** A unique value. In a column of its own, JSON is stored in its canonical form. */
public final class UniqueCodec extends WrapperCodec {
    UniqueCodec(Codec inner) {
        super(inner);
    }

    @Override
    public String typeName() {
        return "Unique<" + inner().typeName() + ">";
    }

    @Override
    public Object unwrap(Object value) {
        return ((Unique<?>) value).value();
    }

    @Override
    public Object wrap(Object value) {
        return Unique.of(value);
    }

    @Override
    public Object toStored(Object value) {
        Object stored = super.toStored(value);
        return kind() == ColumnKind.JSON ? Canonical.text((String) stored) : stored;
    }
}
