package dev.korm.parse;

import dev.korm.PathException;
import dev.korm.Property;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/**
 * The record, or an interface that it implements, and the field that a method reference such as {@code Car::year} names.
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
        if (lambda == null
                || lambda.getCapturedArgCount() != 0
                || lambda.getImplMethodName().startsWith("lambda$")) {
            throw new PathException(
                    "A field is named by its accessor, as in Car::year; a lambda with a body has no name (in Kotlin, use a text path: \"year\")");
        }
        try {
            Class<?> record = Class.forName(
                    lambda.getImplClass().replace('/', '.'),
                    false,
                    property.getClass().getClassLoader());
            if (!record.isRecord() && !record.isInterface()) {
                throw new PathException(record.getName() + "::" + lambda.getImplMethodName()
                        + " is not the accessor of a record, nor of an interface that a record implements");
            }
            return new AccessorName(record, lambda.getImplMethodName());
        } catch (ClassNotFoundException gone) {
            throw new PathException("The class " + lambda.getImplClass() + " of a method reference cannot be loaded");
        }
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
