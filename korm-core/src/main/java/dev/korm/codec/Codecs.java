package dev.korm.codec;

import dev.korm.codec.base.Codec;
import dev.korm.codec.scalar.Scalars;

/** The codecs of classes, made once for each. */
public final class Codecs {
    private static final ClassValue<Codec> BY_CLASS = new ClassValue<>() {
        @Override
        protected Codec computeValue(Class<?> type) {
            return new TypeResolver().root(type);
        }
    };

    private Codecs() {}

    /**
     * Returns the codec of a class that needs no type arguments.
     *
     * @throws dev.korm.ModelException when its values cannot be stored
     */
    public static Codec ofClass(Class<?> type) {
        return BY_CLASS.get(type);
    }

    /** Returns the codec of a value by its class alone. */
    static Codec ofValue(Object value) {
        if (value instanceof Enum<?> constant) {
            return ofClass(constant.getDeclaringClass());
        }
        for (Class<?> type = value.getClass(); type != null; type = type.getSuperclass()) {
            if (Scalars.isScalar(type)) {
                return Scalars.of(type);
            }
        }
        return ofClass(value.getClass());
    }
}
