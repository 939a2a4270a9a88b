package dev.korm.codec.scalar;

import dev.korm.ModelException;
import dev.korm.Name;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.query.ColumnKind;
import java.util.HashMap;
import java.util.Map;

/** An enum, stored as the constant's name, or what its {@link Name} says. */
public final class EnumCodec extends ScalarCodec {
    private static final String WAY_OUT =
            "; if one was renamed, say its stored name by @Name; items with one that is gone are found and corrected as a Document";

    private final Map<String, Object> constants = new HashMap<>();
    /** Of those that are stored under another name than their own. */
    private final Map<Object, String> renamed = new HashMap<>();

    public EnumCodec(Class<?> type) {
        super(type, ColumnKind.TEXT, Order.UNORDERED);
        for (Object constant : type.getEnumConstants()) {
            Enum<?> named = (Enum<?>) constant;
            String stored = storedName(named);
            if (!stored.equals(named.name())) {
                renamed.put(constant, stored);
            }
            Object other = constants.put(stored, constant);
            if (other != null) {
                throw new ModelException("Two constants of " + type.getSimpleName() + ", " + ((Enum<?>) other).name()
                        + " and " + named.name() + ", are stored under one name; give one of them another @Name");
            }
        }
    }

    private static String storedName(Enum<?> constant) {
        try {
            Name renamed =
                    constant.getDeclaringClass().getField(constant.name()).getAnnotation(Name.class);
            return renamed == null ? constant.name() : renamed.value();
        } catch (NoSuchFieldException impossible) {
            throw new IllegalStateException("An enum has no field of its constant " + constant.name(), impossible);
        }
    }

    @Override
    public Object toStored(Object value) {
        if (renamed.isEmpty()) {
            return ((Enum<?>) value).name();
        }
        String stored = renamed.get(value);
        return stored != null ? stored : ((Enum<?>) value).name();
    }

    @Override
    public Object fromStored(Object stored) {
        Object constant = constants.get((String) stored);
        if (constant == null) {
            throw new TypeMismatch(
                    TypeMismatch.Fault.UNKNOWN_NAME, "the text is not a constant of " + typeName() + WAY_OUT, null);
        }
        return constant;
    }
}
