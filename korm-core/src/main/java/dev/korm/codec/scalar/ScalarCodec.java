package dev.korm.codec.scalar;

import dev.korm.Rn;
import dev.korm.codec.base.Codec;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.json.StoredForms;
import dev.korm.codec.text.EcmaNumber;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import dev.korm.file.FileRef;
import dev.korm.spi.query.ColumnKind;
import java.lang.invoke.MethodType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A type whose values are stored as one number, boolean, text or byte sequence, the same in a column and inside JSON. */
public abstract class ScalarCodec extends Codec {
    private final Class<?> type;
    private final ColumnKind kind;
    private final Order order;
    private final boolean primitive;
    /** The class of the values as objects. */
    private final Class<?> boxed;

    /** The relation between the order of the stored form and the order of the values. */
    public enum Order {
        ORDERED,
        UNORDERED
    }

    /** @param type the class of the values, primitive for those that cannot be null */
    ScalarCodec(Class<?> type, ColumnKind kind, Order order) {
        this.type = type;
        this.kind = kind;
        this.order = order;
        this.primitive = type.isPrimitive();
        this.boxed = MethodType.methodType(type).wrap().returnType();
    }

    public final Class<?> type() {
        return type;
    }

    @Override
    public final ColumnKind kind() {
        return kind;
    }

    @Override
    public String typeName() {
        return type.getSimpleName();
    }

    @Override
    public final boolean isOrdered() {
        return order == Order.ORDERED;
    }

    @Override
    public final @Nullable Object ofNull() {
        if (primitive) {
            throw new TypeMismatch("there is no value, and " + typeName() + " cannot be null; declare it as "
                    + boxed.getSimpleName() + " or Optional, or give it a @Default");
        }
        return null;
    }

    @Override
    public final void write(Object value, JsonWriter out) {
        // An unchecked cast lets anything into a list; what is stored so would never be read again.
        if (!isInstance(value)) {
            throw unfit(value);
        }
        StoredForms.toJson(toStored(value), out);
    }

    @Override
    public final Object read(Object tree, @Nullable SecretLocation location) {
        return fromStored(StoredForms.fromTree(tree, kind));
    }

    @Override
    public Object convert(Object value, int depth) {
        if (isInstance(value)) {
            toStored(value);
            return value;
        }
        if (kind == ColumnKind.TEXT && value instanceof String text) {
            return fromStored(text);
        }
        throw unfit(value);
    }

    /** Returns whether a value is of this type itself. */
    private boolean isInstance(Object value) {
        return boxed.isInstance(value);
    }

    @Override
    public boolean same(Object one, Object other, int depth) {
        return Objects.equals(one, other);
    }

    @Override
    public Object describe(Object value, int depth) {
        // What they carry is shown too, by who shows them.
        return value instanceof Rn<?> || value instanceof FileRef ? value : value.toString();
    }

    /** Returns the text of a value as a key of a JSON object. */
    public final String key(Object value) {
        Object stored = toStored(value);
        return stored instanceof Double real ? EcmaNumber.text(real) : stored.toString();
    }

    /** Returns the value of a key of a JSON object. */
    public final Object fromKey(String key) {
        return switch (kind) {
            case INTEGER, REAL -> fromStored(StoredForms.fit(numberKey(key), kind));
            case BOOLEAN -> fromStored(booleanKey(key));
            default -> fromStored(StoredForms.fit(key, kind));
        };
    }

    private static Object numberKey(String key) {
        try {
            return StoredForms.checkSize(new java.math.BigDecimal(key));
        } catch (NumberFormatException notANumber) {
            throw new TypeMismatch("a key is not a number");
        }
    }

    private static Object booleanKey(String key) {
        if (key.equals("true") || key.equals("false")) {
            return key.equals("true");
        }
        throw new TypeMismatch("a key is neither \"true\" nor \"false\"");
    }
}
