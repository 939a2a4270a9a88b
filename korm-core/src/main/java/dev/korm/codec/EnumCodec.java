package dev.korm.codec;

import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.query.ColumnKind;
import java.util.HashMap;
import java.util.Map;

/** An enum, stored as the constant's name. */
final class EnumCodec extends ScalarCodec {
    private final Map<String, Object> constants = new HashMap<>();

    EnumCodec(Class<?> type) {
        super(type, ColumnKind.TEXT, Order.UNORDERED);
        for (Object constant : type.getEnumConstants()) {
            constants.put(((Enum<?>) constant).name(), constant);
        }
    }

    @Override
    public Object toStored(Object value) {
        return ((Enum<?>) value).name();
    }

    @Override
    public Object fromStored(Object stored) {
        Object constant = constants.get((String) stored);
        if (constant == null) {
            throw new TypeMismatch("the text is not a constant of " + typeName());
        }
        return constant;
    }
}
