package dev.korm.codec.shape;

import dev.korm.ModelException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** Handles to the constructor and accessors of a record or a plain class, also of one that is not public. */
public final class RecordAccess {
    private final Class<?> type;
    private final MethodHandles.Lookup lookup;

    public RecordAccess(Class<?> type) {
        this.type = type;
        this.lookup = lookup(type);
    }

    static MethodHandles.Lookup lookup(Class<?> type) {
        // A lookup works only from a module that reads the other; reading what one was handed is no privilege.
        RecordAccess.class.getModule().addReads(type.getModule());
        try {
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        } catch (IllegalAccessException notOpened) {
            return MethodHandles.lookup();
        }
    }

    /** Returns the canonical constructor, taking an array of the components. */
    public MethodHandle constructor() {
        if (!type.isRecord()) {
            return PlainClass.of(type).constructor();
        }
        return spread(
                lookup,
                type,
                Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new));
    }

    /** Returns a constructor, taking an array of what it takes. */
    static MethodHandle spread(MethodHandles.Lookup lookup, Class<?> type, Class<?>[] components) {
        try {
            return lookup.findConstructor(type, MethodType.methodType(void.class, components))
                    .asSpreader(Object[].class, components.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (NoSuchMethodException | IllegalAccessException closed) {
            throw closed(type, closed);
        } catch (IllegalArgumentException tooMany) {
            throw new ModelException(
                    "The record " + type.getName() + " has more components than korm can hand to its constructor;"
                            + " nest some of them in records of their own",
                    tooMany);
        }
    }

    public MethodHandle accessor(Component component) {
        try {
            return lookup.unreflect(component.accessor()).asType(MethodType.methodType(Object.class, Object.class));
        } catch (IllegalAccessException closed) {
            throw closed(type, closed);
        }
    }

    private static ModelException closed(Class<?> type, ReflectiveOperationException cause) {
        return new ModelException(
                "The record " + type.getName() + " cannot be read and made by korm. Write in the module-info of "
                        + type.getModule().getName() + ": opens " + type.getPackageName() + " to dev.korm",
                cause);
    }
}
