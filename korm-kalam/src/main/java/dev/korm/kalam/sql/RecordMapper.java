package dev.korm.kalam.sql;

import dev.korm.kalam.error.KalamDataException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A mapper to a record, by its canonical constructor. */
final class RecordMapper<T> implements RowMapper<T> {
    private record Component(String name, String column, Class<?> type, boolean isOptional, boolean isPrimitive) {}

    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            long.class,
            Long.class,
            int.class,
            Integer.class,
            short.class,
            Short.class,
            byte.class,
            Byte.class,
            double.class,
            Double.class,
            float.class,
            Float.class,
            boolean.class,
            Boolean.class);

    private static final ClassValue<RecordMapper<?>> MAPPERS = new ClassValue<>() {
        @Override
        protected RecordMapper<?> computeValue(Class<?> type) {
            return new RecordMapper<>(type);
        }
    };

    private final Constructor<T> constructor;
    private final List<Component> components = new ArrayList<>();

    private RecordMapper(Class<T> type) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException(type.getName() + " is no record");
        }
        List<Class<?>> types = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            types.add(component.getType());
            boolean isOptional = component.getType() == Optional.class;
            Class<?> wanted = isOptional ? argument(component) : component.getType();
            Class<?> boxed = BOXES.getOrDefault(wanted, wanted);
            if (!Cells.knows(boxed)) {
                throw new IllegalArgumentException("Component " + component.getName() + " of " + type.getName()
                        + " is of type " + wanted.getName() + ", which no column is");
            }
            components.add(new Component(
                    component.getName(), snakeCase(component.getName()), boxed, isOptional, wanted.isPrimitive()));
        }
        try {
            constructor = type.getDeclaredConstructor(types.toArray(new Class<?>[0]));
            constructor.setAccessible(true);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(type.getName() + " has no canonical constructor", e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    type.getName() + " cannot be made here: open its package to the module dev.korm.kalam", e);
        }
    }

    @SuppressWarnings("unchecked")
    static <T> RecordMapper<T> of(Class<T> type) {
        return (RecordMapper<T>) MAPPERS.get(type);
    }

    private static Class<?> argument(RecordComponent component) {
        if (component.getGenericType() instanceof ParameterizedType generic
                && generic.getActualTypeArguments()[0] instanceof Class<?> type) {
            return type;
        }
        throw new IllegalArgumentException("Component " + component.getName() + " is an Optional of an unknown type");
    }

    static String snakeCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    @Override
    public T map(Row row) {
        @Nullable Object[] values = new Object[components.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(row, components.get(i));
        }
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            throw new KalamDataException(
                    "The record " + constructor.getDeclaringClass().getName() + " refused a row", e);
        } catch (ReflectiveOperationException e) {
            throw new KalamDataException(
                    "The record " + constructor.getDeclaringClass().getName() + " cannot be made", e);
        }
    }

    private @Nullable Object value(Row row, Component component) {
        String column =
                row.has(component.column()) || !row.has(component.name()) ? component.column() : component.name();
        if (!row.has(column) && component.isOptional()) {
            return Optional.empty();
        }
        Optional<?> found = row.find(column, component.type());
        if (component.isOptional()) {
            return found;
        }
        if (found.isEmpty() && component.isPrimitive()) {
            throw new KalamDataException(
                    "Column '" + column + "' is NULL, and component " + component.name() + " is primitive", null);
        }
        return found.isPresent() ? found.get() : null;
    }
}
