package dev.korm.examples;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/**
 * Calls public methods and constructors with null for one argument after the other, and with null inside of arrays and collections, and
 * notes which of them do not refuse it by an error that names the argument.
 */
@NullUnmarked // Null is what is given.
final class NullCalls {
    /** Methods that take what they are given to take as it comes. */
    private static final Map<String, String> TAKE_NULL = Map.of(
            "equals", "nothing is equal to null",
            "compareTo", "Comparable wants a NullPointerException",
            "valueOf", "made by the compiler");

    /** What to call, and what to give for the other arguments. */
    interface Instances {
        /** Returns the instances of a type to call the methods of; none where the program has none. */
        List<?> of(Class<?> type);

        /** Returns a value for a parameter of a type. */
        Object argument(Class<?> type);
    }

    /** Tells whether an error says which argument was null. */
    interface Refusal {
        boolean names(Throwable refused, Parameter parameter);
    }

    private final Instances instances;
    private final Refusal refusal;
    private final List<String> wrong = new ArrayList<>();
    private final Set<String> withoutInstance = new TreeSet<>();
    private int calls;

    NullCalls(Instances instances, Refusal refusal) {
        this.instances = instances;
        this.refusal = refusal;
    }

    /** Returns the calls that took null, or refused it by another error. */
    List<String> wrong() {
        return wrong;
    }

    /** Returns the types that could not be called, for want of an instance. */
    Set<String> withoutInstance() {
        return withoutInstance;
    }

    int calls() {
        return calls;
    }

    /**
     * Calls the methods of a type.
     *
     * @param declaring the types whose methods are called, of those that the type inherits from
     */
    void methods(Class<?> type, Predicate<String> declaring) throws Exception {
        for (Method each : type.getMethods()) {
            if (declaring.test(each.getDeclaringClass().getName())
                    && !each.isSynthetic()
                    && !TAKE_NULL.containsKey(each.getName())) {
                check(type, each);
            }
        }
    }

    /** Calls the constructors of a type. */
    void constructors(Class<?> type) throws Exception {
        if (!type.isEnum() && !Modifier.isAbstract(type.getModifiers())) {
            for (Constructor<?> each : type.getConstructors()) {
                check(type, each);
            }
        }
    }

    private void check(Class<?> type, Executable called) throws Exception {
        for (int i = 0; i < called.getParameterCount(); i++) {
            Parameter parameter = called.getParameters()[i];
            if (parameter.getType().isPrimitive()) {
                continue;
            }
            AnnotatedType declared = declared(type, called, i);
            if (!isNullable(parameter, declared)) {
                call(type, called, i, null);
            }
            if (!mayHoldNull(declared)) {
                Object holding = holdingNull(parameter.getType());
                if (holding != null) {
                    call(type, called, i, holding);
                }
            }
        }
    }

    /** Returns a parameter's type with its annotations; those of a record's component say more than those of its constructor. */
    private static AnnotatedType declared(Class<?> type, Executable called, int position) {
        return type.isRecord()
                        && called instanceof Constructor<?>
                        && called.getParameterCount() == type.getRecordComponents().length
                ? type.getRecordComponents()[position].getAnnotatedType()
                : called.getAnnotatedParameterTypes()[position];
    }

    private static boolean isNullable(Parameter parameter, AnnotatedType declared) {
        return declared.isAnnotationPresent(Nullable.class) || parameter.isAnnotationPresent(Nullable.class);
    }

    private static boolean mayHoldNull(AnnotatedType declared) {
        if (declared instanceof AnnotatedArrayType array) {
            return array.getAnnotatedGenericComponentType().isAnnotationPresent(Nullable.class)
                    || array.getAnnotatedGenericComponentType().getType() == byte.class;
        }
        if (declared instanceof AnnotatedParameterizedType generic) {
            AnnotatedType[] arguments = generic.getAnnotatedActualTypeArguments();
            AnnotatedType held = arguments[arguments.length - 1];
            return isNullable(held);
        }
        return false;
    }

    private static boolean isNullable(AnnotatedType held) {
        return held.isAnnotationPresent(Nullable.class)
                || held.getType().getTypeName().equals("?")
                || (held instanceof AnnotatedWildcardType wildcard
                        && Arrays.stream(wildcard.getAnnotatedUpperBounds()).anyMatch(NullCalls::isNullable));
    }

    private static @Nullable Object holdingNull(Class<?> type) {
        if (type.isArray() && !type.getComponentType().isPrimitive()) {
            return Array.newInstance(type.getComponentType(), 1);
        }
        if (type == List.class || type == Collection.class) {
            return Collections.singletonList(null);
        }
        if (type == Set.class) {
            return Collections.singleton(null);
        }
        return type == Map.class ? Collections.singletonMap("name", null) : null;
    }

    private void call(Class<?> type, Executable called, int position, @Nullable Object given) throws Exception {
        Object[] arguments = new Object[called.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i == position ? given : instances.argument(called.getParameterTypes()[i]);
        }
        List<?> targets = called instanceof Method method && !Modifier.isStatic(method.getModifiers())
                ? instances.of(type)
                : Collections.singletonList(null);
        if (targets.isEmpty()) {
            withoutInstance.add(type.getName());
        }
        for (Object target : targets) {
            calls++;
            String what = called + ", " + position + (given == null ? " null" : " holding null") + " @"
                    + (target == null ? "" : target.getClass().getName());
            try {
                if (called instanceof Method method) {
                    method.setAccessible(true);
                    method.invoke(target, arguments);
                } else {
                    ((Constructor<?>) called).newInstance(arguments);
                }
                wrong.add(what + ": taken");
            } catch (InvocationTargetException refused) {
                if (!refusal.names(refused.getCause(), called.getParameters()[position])) {
                    wrong.add(what + ": " + refused.getCause());
                }
            }
        }
    }
}
