package dev.korm.engine.read;

import dev.korm.FieldPath;
import dev.korm.QueryException;
import dev.korm.Unique;
import dev.korm.model.Models;
import dev.korm.model.Node;
import dev.korm.spi.query.ColumnKind;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The types that can be aggregated. */
public final class AggregateTypes {
    private AggregateTypes() {}

    public static void requireNumber(Node node, FieldPath path, String use) {
        ColumnKind kind = node.kind();
        boolean number = kind == ColumnKind.INTEGER || kind == ColumnKind.REAL || kind == ColumnKind.DECIMAL;
        if (!number && !node.isDynamic()) {
            throw new QueryException(use + " is over numbers, but " + path + " is " + node.typeNameWithArticle());
        }
    }

    /** Returns an aggregate as the accessor of its field does: within Unique or Optional where the field is. */
    public static Object asDeclared(Object value, Class<?> record, FieldPath path) {
        String name = ((FieldPath.Field) path.steps().get(0)).name();
        Type declared = Models.fieldTypes(record).get(name);
        return wrapped(value, declared instanceof ParameterizedType generic ? generic.getRawType() : declared);
    }

    private static Object wrapped(Object value, @Nullable Type type) {
        if (type == Unique.class) {
            return Unique.of(value);
        }
        if (type == Optional.class) {
            return Optional.of(value);
        }
        if (type == OptionalInt.class) {
            return OptionalInt.of(((Number) value).intValue());
        }
        if (type == OptionalLong.class) {
            return OptionalLong.of(((Number) value).longValue());
        }
        if (type == OptionalDouble.class) {
            return OptionalDouble.of(((Number) value).doubleValue());
        }
        return value;
    }
}
