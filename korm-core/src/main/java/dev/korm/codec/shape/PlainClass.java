package dev.korm.codec.shape;

import dev.korm.Document;
import dev.korm.ModelException;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A class that is made and read as a record is, without being one: all its fields are final, each has an accessor ({@code year()}, {@code getYear()}, or
 * {@code isNew()}), and one constructor takes all of them, or {@code builder()} gives what {@code build()} makes it of.
 *
 * <p>Which parameter is which field is told by the parameters' names where the compiler keeps them ({@code -parameters}) or
 * {@code @ConstructorProperties} says them; else by their types, which then have to differ. The data classes of Kotlin declare their fields in the order of
 * their constructor, and number them. Immutable; found once for each class.
 */
public final class PlainClass {
    private static final ClassValue<PlainClass> BY_CLASS = new ClassValue<>() {
        @Override
        protected PlainClass computeValue(Class<?> type) {
            return new PlainClass(type);
        }
    };

    private static final MethodHandle BUILD = buildHandle();

    private final Class<?> type;
    private final MethodHandles.Lookup lookup;
    private final List<Component> components = new ArrayList<>();
    private final MethodHandle constructor;
    private final boolean defaulting;

    private PlainClass(Class<?> type) {
        this.type = type;
        this.lookup = RecordAccess.lookup(type);
        List<Field> fields = fields();
        List<Constructor<?>> found = new ArrayList<>();
        List<List<Field>> orders = new ArrayList<>();
        for (Constructor<?> candidate : type.getDeclaredConstructors()) {
            List<Field> order = candidate.isSynthetic() ? null : order(candidate, fields);
            if (order != null) {
                found.add(candidate);
                orders.add(order);
            }
        }
        if (found.size() > 1) {
            throw refuse("several constructors take all of its fields; keep one");
        }
        if (found.isEmpty()) {
            fields.forEach(field -> components.add(Component.of(field, accessor(field), null)));
            constructor = builder(fields);
            defaulting = false;
            return;
        }
        Parameter[] parameters = found.get(0).getParameters();
        List<Field> order = orders.get(0);
        for (int i = 0; i < parameters.length; i++) {
            components.add(Component.of(order.get(i), accessor(order.get(i)), parameters[i]));
        }
        MethodHandle plain = RecordAccess.spread(lookup, type, found.get(0).getParameterTypes());
        Optional<MethodHandle> withDefaults =
                isKotlin() ? KotlinConstructor.of(type, lookup, found.get(0), components(), plain) : Optional.empty();
        constructor = withDefaults.orElse(plain);
        defaulting = withDefaults.isPresent();
    }

    /** Returns whether the class might be one: a program's own class that is not abstract and has fields, so no document. */
    public static boolean isCandidate(Class<?> type) {
        return !type.isInterface()
                && !type.isArray()
                && !type.isPrimitive()
                && !type.isEnum()
                && !type.isRecord()
                && type != Document.class
                && !Modifier.isAbstract(type.getModifiers())
                && !type.getName().startsWith("java.")
                && !Collection.class.isAssignableFrom(type)
                && !Map.class.isAssignableFrom(type)
                && !Number.class.isAssignableFrom(type)
                && !CharSequence.class.isAssignableFrom(type)
                && !Date.class.isAssignableFrom(type)
                && !Throwable.class.isAssignableFrom(type)
                && Arrays.stream(type.getDeclaredFields()).anyMatch(PlainClass::isState);
    }

    /**
     * Returns how a class is made and read.
     *
     * @throws ModelException when it is no such class; says what it lacks
     */
    public static PlainClass of(Class<?> type) {
        return BY_CLASS.get(type);
    }

    /** Returns its fields, in the order of its constructor. */
    List<Component> components() {
        return List.copyOf(components);
    }

    /** Returns what makes one of an array of its fields' values. */
    MethodHandle constructor() {
        return constructor;
    }

    /** Returns whether its constructor takes {@link KotlinConstructor#ABSENT} for values that are to be its own defaults. */
    public boolean hasDefaults() {
        return defaulting;
    }

    private static boolean isState(Field field) {
        return !Modifier.isStatic(field.getModifiers())
                && !Modifier.isTransient(field.getModifiers())
                && !field.isSynthetic();
    }

    private List<Field> fields() {
        if ((type.isMemberClass() && !Modifier.isStatic(type.getModifiers()))
                || type.isLocalClass()
                || type.isAnonymousClass()) {
            throw refuse("its instances belong to others; declare it static, in a class or on its own");
        }
        for (Class<?> above = type.getSuperclass(); above != null; above = above.getSuperclass()) {
            if (Arrays.stream(above.getDeclaredFields()).anyMatch(PlainClass::isState)) {
                throw refuse("it inherits fields from " + above.getSimpleName() + "; declare all of them in one class");
            }
        }
        List<Field> fields = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            if (!isState(field)) {
                continue;
            }
            if (!Modifier.isFinal(field.getModifiers())) {
                throw refuse(
                        "its field " + field.getName()
                                + " can be changed behind korm's back; declare it final (in Kotlin, val), or transient where it is none of the data");
            }
            fields.add(field);
        }
        return fields;
    }

    /** Returns which field each parameter is; null where they are not the fields, or cannot be told apart. */
    private @Nullable List<Field> order(Constructor<?> constructor, List<Field> fields) {
        Parameter[] parameters = constructor.getParameters();
        if (parameters.length != fields.size()) {
            return null;
        }
        List<String> names = names(constructor);
        if (names.isEmpty() && isNumbered(fields)) {
            names = fields.stream().map(Field::getName).toList();
        }
        List<Field> order = new ArrayList<>();
        for (int i = 0; i < parameters.length; i++) {
            String name = names.isEmpty() ? null : names.get(i);
            Class<?> wanted = parameters[i].getType();
            List<Field> fit = fields.stream()
                    .filter(field -> field.getType() == wanted
                            && (name == null || field.getName().equals(name)))
                    .toList();
            if (fit.size() != 1) {
                return null;
            }
            order.add(fit.get(0));
        }
        return new HashSet<>(order).size() == fields.size() ? order : null;
    }

    /** Returns the names of a constructor's parameters; empty where they are not known. */
    private static List<String> names(Constructor<?> constructor) {
        for (Annotation annotation : constructor.getAnnotations()) {
            if (annotation.annotationType().getName().equals("java.beans.ConstructorProperties")) {
                // Its module is not one that korm needs, so it is called by name.
                try {
                    return List.of((String[])
                            annotation.annotationType().getMethod("value").invoke(annotation));
                } catch (ReflectiveOperationException unknown) {
                    return List.of();
                }
            }
        }
        Parameter[] parameters = constructor.getParameters();
        return Arrays.stream(parameters).allMatch(Parameter::isNamePresent)
                ? Arrays.stream(parameters).map(Parameter::getName).toList()
                : List.of();
    }

    /** Returns whether it is a data class of Kotlin, whose {@code component1()} and so on are its fields in the order of its constructor. */
    private boolean isNumbered(List<Field> fields) {
        if (!isKotlin()) {
            return false;
        }
        for (int i = 0; i < fields.size(); i++) {
            if (method("component" + (i + 1), fields.get(i).getType()).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private boolean isKotlin() {
        return Arrays.stream(type.getAnnotations())
                .anyMatch(annotation -> annotation.annotationType().getName().equals("kotlin.Metadata"));
    }

    private Method accessor(Field field) {
        String name = field.getName();
        String upper = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        for (String accessor : List.of(name, "get" + upper, "is" + upper)) {
            Optional<Method> method = method(accessor, field.getType());
            if (method.isPresent()) {
                return method.get();
            }
        }
        throw refuse("its field " + name + " has no accessor; write "
                + field.getType().getSimpleName() + " get" + upper + "()");
    }

    private Optional<Method> method(String name, Class<?> result) {
        try {
            Method method = type.getDeclaredMethod(name);
            return method.getReturnType() == result && !Modifier.isStatic(method.getModifiers())
                    ? Optional.of(method)
                    : Optional.empty();
        } catch (NoSuchMethodException none) {
            return Optional.empty();
        }
    }

    /** Returns what makes one of an array of values by a builder; a value that is null is not given to it. */
    private MethodHandle builder(List<Field> fields) {
        for (Method start : type.getDeclaredMethods()) {
            if (!Modifier.isStatic(start.getModifiers())
                    || start.getParameterCount() != 0
                    || !Set.of("builder", "newBuilder").contains(start.getName())) {
                continue;
            }
            Class<?> builder = start.getReturnType();
            MethodHandles.Lookup inside = RecordAccess.lookup(builder);
            try {
                MethodHandle[] setters = new MethodHandle[fields.size()];
                for (int i = 0; i < setters.length; i++) {
                    setters[i] = inside.unreflect(setter(builder, fields.get(i)))
                            .asType(MethodType.methodType(Object.class, Object.class, Object.class));
                }
                MethodHandle end = inside.findVirtual(builder, "build", MethodType.methodType(type));
                return MethodHandles.insertArguments(
                        BUILD,
                        0,
                        lookup.unreflect(start).asType(MethodType.methodType(Object.class)),
                        setters,
                        end.asType(MethodType.methodType(Object.class, Object.class)));
            } catch (ReflectiveOperationException closed) {
                throw new ModelException(
                        unusable() + "its builder has no build() that korm can call; make it public", closed);
            }
        }
        throw refuse("no constructor takes exactly its fields, or their names are not known where types are alike:"
                + " add such a constructor and compile with -parameters, or name its parameters by @ConstructorProperties,"
                + " or write builder(); or make it a record");
    }

    private Method setter(Class<?> builder, Field field) {
        String name = field.getName();
        String upper = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        Map<String, Method> taking = new HashMap<>();
        for (Method method : builder.getDeclaredMethods()) {
            if (method.getParameterCount() == 1
                    && !method.isSynthetic()
                    && !Modifier.isStatic(method.getModifiers())
                    && method.getParameterTypes()[0].isAssignableFrom(field.getType())) {
                taking.merge(method.getName(), method, PlainClass::closer);
            }
        }
        for (String setter : List.of(name, "with" + upper, "set" + upper)) {
            Method method = taking.get(setter);
            if (method != null) {
                return method;
            }
        }
        throw refuse("its builder takes no " + name + "; write " + name + "("
                + field.getType().getSimpleName() + ")");
    }

    private static Method closer(Method one, Method other) {
        return one.getParameterTypes()[0].isAssignableFrom(other.getParameterTypes()[0]) ? other : one;
    }

    private static MethodHandle buildHandle() {
        try {
            return MethodHandles.lookup()
                    .findStatic(
                            PlainClass.class,
                            "build",
                            MethodType.methodType(
                                    Object.class,
                                    MethodHandle.class,
                                    MethodHandle[].class,
                                    MethodHandle.class,
                                    Object[].class));
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("build is not there", impossible);
        }
    }

    @SuppressWarnings("UnusedMethod") // Called by its handle.
    private static Object build(MethodHandle start, MethodHandle[] setters, MethodHandle end, @Nullable Object[] values)
            throws Throwable {
        Object builder = start.invoke();
        for (int i = 0; i < setters.length; i++) {
            if (values[i] != null) {
                Object next = setters[i].invoke(builder, values[i]);
                builder = builder.getClass().isInstance(next) ? next : builder;
            }
        }
        return end.invoke(builder);
    }

    private String unusable() {
        return type.getName() + " is no record, and korm cannot make and read it like one: ";
    }

    private ModelException refuse(String reason) {
        return new ModelException(unusable() + reason);
    }
}
