package dev.korm.codec;

import dev.korm.ModelException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** Handles to a record's constructor and accessors, also of records that are not public. */
final class RecordAccess {
    private final Class<?> type;
    private final MethodHandles.Lookup lookup;

    RecordAccess(Class<?> type) {
        this.type = type;
        this.lookup = lookup(type);
    }

    private static MethodHandles.Lookup lookup(Class<?> type) {
        // A lookup works only from a module that reads the other; reading what one was handed is no privilege.
        RecordAccess.class.getModule().addReads(type.getModule());
        try {
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        } catch (IllegalAccessException notOpened) {
            return MethodHandles.lookup();
        }
    }

    /** Returns the canonical constructor, taking an array of the components. */
    MethodHandle constructor() {
        Class<?>[] components = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return lookup.findConstructor(type, MethodType.methodType(void.class, components))
                    .asSpreader(Object[].class, components.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (NoSuchMethodException | IllegalAccessException closed) {
            throw closed(closed);
        } catch (IllegalArgumentException tooMany) {
            throw new ModelException(
                    "The record " + type.getName() + " has more components than korm can hand to its constructor;"
                            + " nest some of them in records of their own",
                    tooMany);
        }
    }

    MethodHandle accessor(RecordComponent component) {
        try {
            return lookup.unreflect(component.getAccessor()).asType(MethodType.methodType(Object.class, Object.class));
        } catch (IllegalAccessException closed) {
            throw closed(closed);
        }
    }

    private ModelException closed(ReflectiveOperationException cause) {
        return new ModelException(
                "The record " + type.getName() + " cannot be read and made by korm. Write in the module-info of "
                        + type.getModule().getName() + ": opens " + type.getPackageName() + " to dev.korm",
                cause);
    }
}
