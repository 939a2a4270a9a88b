package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Null where a filter or a path is put together is a typed error, whichever method it is given to. */
@NullUnmarked // Null is what is given.
class NullArgumentsTest {
    record Car(String make) {}

    private static final Map<Class<?>, Object> VALUES = Map.of(
            String.class,
            "make",
            Property.class,
            (Property<Car, String>) Car::make,
            FieldPath.class,
            FieldPath.parse("make"),
            Filter.class,
            Filter.everything(),
            Collection.class,
            List.of("x"),
            Object.class,
            "x");

    @Test
    void of_every_method_that_makes_a_filter_or_parses_a_path() throws Exception {
        List<String> wrong = new ArrayList<>();
        int calls = 0;
        for (Method method : Stream.of(Filter.class, FieldPath.class)
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> isFilterOrStatic(method))
                .toList()) {
            for (int i = 0; i < method.getParameterCount(); i++) {
                Parameter given = method.getParameters()[i];
                if (!given.getType().isPrimitive() && !given.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    calls++;
                    check(method, i, wrong);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(calls).isGreaterThan(60);
    }

    private static boolean isFilterOrStatic(Method method) {
        boolean pathOfPart = method.getDeclaringClass() == FieldPath.class
                && method.getName().equals("path");
        // What it escapes is a text, not a path.
        boolean escape = method.getName().equals("escapeLike");
        return !pathOfPart
                && !escape
                && (method.getDeclaringClass() == Filter.class || Modifier.isStatic(method.getModifiers()));
    }

    private static void check(Method method, int position, List<String> wrong) throws IllegalAccessException {
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            Class<?> type = method.getParameterTypes()[i];
            arguments[i] = i == position
                    ? null
                    : type.isArray() ? Array.newInstance(type.getComponentType(), 1) : VALUES.get(type);
        }
        try {
            method.invoke(Filter.everything(), arguments);
            wrong.add(method + ", " + position + ": taken");
        } catch (InvocationTargetException refused) {
            if (!(refused.getCause() instanceof QueryException || refused.getCause() instanceof PathException)) {
                wrong.add(method + ", " + position + ": " + refused.getCause());
            }
        }
    }

    @Test
    void a_filter_among_several_may_not_be_null() {
        Filter one = Filter.eq("make", "x");
        assertThatThrownBy(() -> Filter.and(one, null))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("leave it out");
        assertThatThrownBy(() -> Filter.or(null, one)).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> Order.asc((FieldPath) null)).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> Order.desc((String) null)).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> Rn.parse(null)).isInstanceOf(RnException.class);
    }
}
