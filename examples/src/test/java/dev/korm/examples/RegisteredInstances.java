package dev.korm.examples;

import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Instances that were registered by their types, and what can be made of a type alone. */
abstract class RegisteredInstances implements NullCalls.Instances {
    private final Map<Class<?>, List<?>> instances = new HashMap<>();
    private final Map<Class<?>, Object> arguments = new HashMap<>();

    /** Registers the instances to call the methods of a type of; the first is an argument too. */
    final <T> void of(Class<T> type, Object... some) {
        instances.put(type, List.of(some));
    }

    /** Registers the argument of a type. */
    final <T> void is(Class<T> type, T value) {
        arguments.put(type, value);
    }

    @Override
    public final List<?> of(Class<?> type) {
        return instances.getOrDefault(type, List.of());
    }

    @Override
    public final Object argument(Class<?> type) {
        if (arguments.containsKey(type)) {
            return arguments.get(type);
        }
        return of(type).isEmpty() ? other(type) : of(type).get(0);
    }

    /** Returns an argument of a type that nothing was registered for. */
    Object other(Class<?> type) {
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type.isPrimitive()) {
            return Array.get(Array.newInstance(type, 1), 0);
        }
        if (type.isArray()) {
            return Array.newInstance(type.getComponentType(), 0);
        }
        if (type.isInterface() && !type.isSealed()) {
            return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> null);
        }
        throw new AssertionError("Nothing to give for a " + type.getName());
    }
}
