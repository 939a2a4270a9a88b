package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.PathException;
import dev.korm.QueryException;
import dev.korm.RnException;
import dev.korm.argument.NullArgumentException;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Null is refused by a typed error that names the argument, whichever public method or constructor it is given to. What is public is found
 * by reflection, so that nothing new is forgotten: a type of which this test has no instance is a failure, too.
 */
@NullUnmarked // Null is what is given.
class NullInPublicCallsTest {
    /** Types whose methods are called by korm, and made by the program: who calls them is korm's own code, which is checked when it is compiled. */
    private static final Map<String, String> CALLED_BY_KORM = Map.of(
            "dev.korm.Property", "an accessor of the program's",
            "dev.korm.Reference", "an accessor of the program's",
            "dev.korm.PoolTransaction$Work", "work of the program's",
            "dev.korm.PoolTransaction$Task", "work of the program's",
            "dev.korm.event.PoolListener", "a listener of the program's",
            "dev.korm.file.Progress", "a listener of the program's",
            "dev.korm.file.FileRef$Content", "a content of the program's");

    /** Methods that take what they are given to take as it comes. */
    private static final Map<String, String> TAKE_NULL = Map.of(
            "equals", "nothing is equal to null",
            "compareTo", "Comparable wants a NullPointerException",
            "valueOf", "made by the compiler");

    /** Records that programs get and have no reason to make: what korm reports. */
    private static final Set<String> REPORTS = Set.of(
            "dev.korm.DanglingReference",
            "dev.korm.backup.BackupInfo",
            "dev.korm.backup.BackupStatus",
            "dev.korm.backup.RestoreReport",
            "dev.korm.backup.UnfinishedRestore",
            "dev.korm.backup.Verification",
            "dev.korm.Explanation",
            "dev.korm.Explanation$Step",
            "dev.korm.Page",
            "dev.korm.PasswordCheck",
            "dev.korm.ScanProgress",
            "dev.korm.depots.mirror.MirroredDepot$RepairReport",
            "dev.korm.event.Ping",
            "dev.korm.event.PreparationProgress",
            "dev.korm.event.RepeatedAttempt",
            "dev.korm.event.SentStatement",
            "dev.korm.file.Sweep$Leftover",
            "dev.korm.file.Sweep$Missing",
            "dev.korm.file.Sweep$SetAside",
            "dev.korm.file.Sweep$Unclaimed",
            "dev.korm.file.Sweep$Unfinished",
            "dev.korm.file.Sweep$Unnamed",
            "dev.korm.history.Undone",
            "dev.korm.key.KeyReport",
            "dev.korm.key.KeyUse",
            "dev.korm.recovery.JournaledChange",
            "dev.korm.recovery.JournaledChange$Part",
            "dev.korm.recovery.JournaledChange$Write",
            "dev.korm.recovery.QuarantinedChange",
            "dev.korm.recovery.QuarantinedChange$Missing",
            "dev.korm.relocate.Relocated",
            "dev.korm.relocate.RelocationProgress",
            "dev.korm.wal.LoggedChange");

    @TempDir
    Path folder;

    private final List<String> wrong = new ArrayList<>();
    private final Set<String> uncovered = new TreeSet<>();
    private int calls;

    @Test
    void are_refused_by_a_typed_error_that_names_them() throws Exception {
        try (PublicInstances instances = new PublicInstances(folder)) {
            for (Class<?> type : PublicApi.types(Path.of(".."))) {
                if (isChecked(type)) {
                    check(type, instances);
                }
            }
        }
        assertThat(uncovered).as("types without an instance to call").isEmpty();
        assertThat(wrong).isEmpty();
        assertThat(calls).isGreaterThan(400);
    }

    private static boolean isChecked(Class<?> type) {
        return !type.getName().startsWith("dev.korm.spi.") // Called by korm, and checked when that is compiled.
                && !type.isAnnotation()
                && !Throwable.class.isAssignableFrom(type) // What goes wrong must not go wrong.
                && !CALLED_BY_KORM.containsKey(type.getName());
    }

    private void check(Class<?> type, PublicInstances instances) throws Exception {
        if (!type.isEnum() && !REPORTS.contains(type.getName()) && !Modifier.isAbstract(type.getModifiers())) {
            for (Constructor<?> each : type.getConstructors()) {
                check(type, each, instances);
            }
        }
        for (Method each : type.getMethods()) {
            String declaring = each.getDeclaringClass().getName();
            boolean own = declaring.startsWith("dev.korm.")
                    && !declaring.startsWith("dev.korm.spi.")
                    && !CALLED_BY_KORM.containsKey(declaring);
            if (own && !each.isSynthetic() && !TAKE_NULL.containsKey(each.getName())) {
                check(type, each, instances);
            }
        }
    }

    private void check(Class<?> type, Executable called, PublicInstances instances) throws Exception {
        for (int i = 0; i < called.getParameterCount(); i++) {
            Parameter parameter = called.getParameters()[i];
            if (parameter.getType().isPrimitive()) {
                continue;
            }
            AnnotatedType declared = declared(type, called, i);
            if (!isNullable(parameter, declared)) {
                call(type, called, i, null, instances);
            }
            if (!mayHoldNull(declared)) {
                Object holding = holdingNull(parameter.getType());
                if (holding != null) {
                    call(type, called, i, holding, instances);
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
                        && Arrays.stream(wildcard.getAnnotatedUpperBounds())
                                .anyMatch(NullInPublicCallsTest::isNullable));
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

    private void call(Class<?> type, Executable called, int position, @Nullable Object given, PublicInstances instances)
            throws Exception {
        Object[] arguments = new Object[called.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i == position ? given : instances.argument(called.getParameterTypes()[i]);
        }
        List<?> targets = called instanceof Method method && !Modifier.isStatic(method.getModifiers())
                ? instances.of(type)
                : Collections.singletonList(null);
        if (targets.isEmpty()) {
            uncovered.add(type.getName());
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
                if (!names(refused.getCause(), called.getParameters()[position])) {
                    wrong.add(what + ": " + refused.getCause());
                }
            }
        }
    }

    /** Returns whether an error says which argument was null. Filters, paths and RNs have errors of their own for what they cannot be made of. */
    private static boolean names(Throwable refused, Parameter parameter) {
        if (refused instanceof NullArgumentException named) {
            return !parameter.isNamePresent() || named.argument().equals(parameter.getName());
        }
        return (refused instanceof QueryException || refused instanceof PathException || refused instanceof RnException)
                && refused.getMessage().contains("null");
    }
}
