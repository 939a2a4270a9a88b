package dev.korm.parse;

import dev.korm.PathException;
import dev.korm.Property;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The record or plain class, or an interface that it implements, and the field that a method reference such as {@code Car::year} names.
 *
 * <p>The compiler gives a serialisable method reference a description of itself; an object stream is the one place that may
 * ask for it without the caller's module being opened to korm.
 */
public record AccessorName(Class<?> record, String name) {
    private static final ClassValue<AccessorName[]> CACHE = new ClassValue<>() {
        @Override
        protected AccessorName[] computeValue(Class<?> type) {
            return new AccessorName[1];
        }
    };

    public static AccessorName of(Property<?, ?> property) {
        // Each place in the code where a method reference stands has a class of its own, so the class is the key.
        AccessorName[] known = CACHE.get(FieldPathParser.requirePath(property).getClass());
        AccessorName name = known[0];
        if (name == null) {
            name = read(property);
            known[0] = name;
        }
        return name;
    }

    private static AccessorName read(Property<?, ?> property) {
        SerializedLambda lambda = describe(property);
        if (lambda != null && lambda.getCapturedArgCount() == 1) {
            return ofKotlin(lambda.getCapturedArg(0));
        }
        if (lambda == null
                || lambda.getCapturedArgCount() != 0
                || lambda.getImplMethodName().startsWith("lambda$")) {
            throw unnamed();
        }
        try {
            Class<?> record = Class.forName(
                    lambda.getImplClass().replace('/', '.'),
                    false,
                    property.getClass().getClassLoader());
            String method = lambda.getImplMethodName();
            return new AccessorName(
                    record, record.isRecord() || record.isInterface() ? method : fieldOf(record, method));
        } catch (ClassNotFoundException gone) {
            throw new PathException("The class " + lambda.getImplClass() + " of a method reference cannot be loaded");
        }
    }

    private static PathException unnamed() {
        return new PathException(
                "A field is named by its accessor, as in Car::year; a lambda with a body has no name, so use a text path for it: \"year\"");
    }

    /** Returns what a property of Kotlin names, such as {@code Car::year}, by which its compiler fills the method reference. */
    private static AccessorName ofKotlin(Object captured) {
        try {
            Class<?> reference = Class.forName(
                    "kotlin.jvm.internal.PropertyReference",
                    false,
                    captured.getClass().getClassLoader());
            if (!reference.isInstance(captured)) {
                throw unnamed();
            }
            Object owner = reference.getMethod("getOwner").invoke(captured);
            Class<?> container = Class.forName(
                    "kotlin.jvm.internal.ClassBasedDeclarationContainer", false, reference.getClassLoader());
            return new AccessorName((Class<?>) container.getMethod("getJClass").invoke(owner), (String)
                    reference.getMethod("getName").invoke(captured));
        } catch (ReflectiveOperationException other) {
            throw unnamed();
        }
    }

    /** Returns the field that an accessor of a class without components names: {@code year()}, {@code getYear()}, {@code isNew()}. */
    private static String fieldOf(Class<?> type, String method) {
        List<String> names = new ArrayList<>(List.of(method));
        for (String prefix : List.of("get", "is")) {
            if (method.startsWith(prefix) && method.length() > prefix.length()) {
                names.add(
                        Character.toLowerCase(method.charAt(prefix.length())) + method.substring(prefix.length() + 1));
            }
        }
        for (String name : names) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name) && !Modifier.isStatic(field.getModifiers())) {
                    return name;
                }
            }
        }
        throw new PathException(type.getName() + "::" + method
                + " is not the accessor of a record or of a field, nor of an interface that a record implements");
    }

    private static @Nullable SerializedLambda describe(Property<?, ?> property) {
        try (Probe probe = new Probe()) {
            probe.writeObject(property);
            return probe.found;
        } catch (IOException | RuntimeException notSerialisable) {
            return null;
        }
    }

    /** Sees the description that takes a method reference's place in a stream, and writes nothing. */
    private static final class Probe extends ObjectOutputStream {
        private @Nullable SerializedLambda found;

        Probe() throws IOException {
            super(OutputStream.nullOutputStream());
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object object) {
            if (object instanceof SerializedLambda lambda) {
                found = lambda;
                return "";
            }
            return object;
        }
    }
}
