package dev.korm.codec.shape;

import dev.korm.codec.scalar.Scalars;
import dev.korm.codec.text.TypeMismatch;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The constructor of a data class of Kotlin that has default arguments. Its compiler makes a second one of it, which takes a bit for each argument that
 * is to be the default.
 *
 * <p>Nothing in the class file says which arguments have one, but for Kotlin's own description of it. So this is found by asking: a reference that is null
 * and must not be is refused by the constructor, which names it; a primitive that was left out without having a default comes back as what stood in
 * its place. Immutable, and for any number of threads.
 */
public final class KotlinConstructor {
    /** Stands for a component that is left to a constructor which has a default for it. */
    public static final Object ABSENT = new Object();

    private static final String MARKER = "kotlin.jvm.internal.DefaultConstructorMarker";
    private static final Map<Class<?>, List<Object>> PLACEHOLDERS = Map.of(
            boolean.class, List.of(false, true),
            byte.class, List.of((byte) 0, (byte) 1),
            short.class, List.of((short) 0, (short) 1),
            int.class, List.of(0, 1),
            long.class, List.of(0L, 1L),
            float.class, List.of(0f, 1f),
            double.class, List.of(0d, 1d),
            char.class, List.of((char) 0, (char) 1));
    private static final MethodHandle CONSTRUCT = constructHandle();

    private final List<Component> components;
    private final RecordAccess access;
    private final MethodHandle plain;
    private final MethodHandle defaulting;

    private KotlinConstructor(
            List<Component> components, RecordAccess access, MethodHandle plain, MethodHandle defaulting) {
        this.components = components;
        this.access = access;
        this.plain = plain;
        this.defaulting = defaulting;
    }

    /** Returns the constructor with defaults, taking an array of the components; empty where the class has none. */
    static Optional<MethodHandle> of(
            Class<?> type,
            MethodHandles.Lookup lookup,
            Constructor<?> primary,
            List<Component> components,
            MethodHandle plain) {
        List<Class<?>> wanted = new ArrayList<>(List.of(primary.getParameterTypes()));
        for (int i = 0; i < components.size(); i += Integer.SIZE) {
            wanted.add(int.class);
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            Class<?>[] takes = constructor.getParameterTypes();
            if (constructor.isSynthetic()
                    && takes.length == wanted.size() + 1
                    && takes[takes.length - 1].getName().equals(MARKER)
                    && Arrays.asList(takes).subList(0, wanted.size()).equals(wanted)) {
                KotlinConstructor defaults = new KotlinConstructor(
                        components, new RecordAccess(type), plain, RecordAccess.spread(lookup, type, takes));
                return Optional.of(CONSTRUCT.bindTo(defaults));
            }
        }
        return Optional.empty();
    }

    private static MethodHandle constructHandle() {
        try {
            return MethodHandles.lookup()
                    .findVirtual(
                            KotlinConstructor.class, "construct", MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("construct is not there", impossible);
        }
    }

    @SuppressWarnings("UnusedMethod") // Called by its handle.
    private Object construct(@Nullable Object[] values) throws Throwable {
        BitSet absent = new BitSet();
        for (int i = 0; i < values.length; i++) {
            if (values[i] == ABSENT) {
                values[i] = null;
                absent.set(i);
            }
        }
        while (true) {
            try {
                return absent.isEmpty() ? (Object) plain.invokeExact(values) : withDefaults(values, absent);
            } catch (NullPointerException refused) {
                int parameter = named(refused);
                if (parameter < 0 || values[parameter] != null || absent.get(parameter)) {
                    throw refused;
                }
                absent.set(parameter);
            }
        }
    }

    /** Returns which parameter Kotlin has refused since it is null; -1 for any other exception. */
    private int named(NullPointerException refused) {
        String message = String.valueOf(refused.getMessage());
        for (int i = 0; i < components.size(); i++) {
            if (message.endsWith(", parameter " + components.get(i).name())) {
                return i;
            }
        }
        return -1;
    }

    private Object withDefaults(@Nullable Object[] values, BitSet absent) throws Throwable {
        Object made = call(values, absent, 0);
        Object other = null;
        for (int i = absent.nextSetBit(0); i >= 0; i = absent.nextSetBit(i + 1)) {
            List<Object> placeholders = PLACEHOLDERS.get(components.get(i).type());
            if (placeholders == null || !placeholders.get(0).equals(get(i, made))) {
                continue;
            }
            other = other == null ? call(values, absent, 1) : other;
            if (placeholders.get(1).equals(get(i, other))) {
                throw required(i);
            }
        }
        return made;
    }

    private Object call(@Nullable Object[] values, BitSet absent, int placeholder) throws Throwable {
        int masks = (values.length + Integer.SIZE - 1) / Integer.SIZE;
        @Nullable Object[] all = Arrays.copyOf(values, values.length + masks + 1);
        int[] bits = new int[masks];
        for (int i = absent.nextSetBit(0); i >= 0; i = absent.nextSetBit(i + 1)) {
            bits[i / Integer.SIZE] |= 1 << (i % Integer.SIZE);
            List<Object> placeholders = PLACEHOLDERS.get(components.get(i).type());
            all[i] = placeholders == null ? null : placeholders.get(placeholder);
        }
        for (int i = 0; i < masks; i++) {
            all[values.length + i] = bits[i];
        }
        return (Object) defaulting.invokeExact(all);
    }

    private Object get(int component, Object made) throws Throwable {
        return (Object) access.accessor(components.get(component)).invokeExact(made);
    }

    /** Returns what a primitive of any record says that is null. */
    private TypeMismatch required(int component) {
        try {
            Scalars.of(components.get(component).type()).ofNull();
        } catch (TypeMismatch misfit) {
            return misfit.inField(components.get(component).name());
        }
        throw new AssertionError(components.get(component).type());
    }
}
