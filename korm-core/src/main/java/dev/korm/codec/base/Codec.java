package dev.korm.codec.base;

import dev.korm.Unique;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.text.Article;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import dev.korm.spi.query.ColumnKind;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The codec of one Java type: how its values are stored in a column of their own, and inside JSON. Made once for a
 * type, then used by many threads. What does not fit fails with a {@link TypeMismatch}.
 */
public abstract class Codec {
    /** How deeply data may be nested in memory. */
    public static final int DEEPEST = JsonWriter.DEEPEST_IN_MEMORY;

    /** Returns the kind of a column added for these values. */
    public abstract ColumnKind kind();

    /** Returns the type's name for messages: {@code int}, {@code List<String>}. */
    public abstract String typeName();

    /** Returns whether stored values are ordered as the values are. */
    public boolean isOrdered() {
        return false;
    }

    /** Returns whether a value that is not null stands for none. */
    public boolean isEmpty(Object value) {
        return false;
    }

    /** Returns the value that represents null. */
    public @Nullable Object ofNull() {
        return null;
    }

    /** Returns a value that is not {@linkplain #isEmpty empty}, of the class that {@link #kind} names. */
    public abstract Object toStored(Object value);

    /**
     * Works as {@link #toStored(Object)}, with the secrets in the value sealed.
     *
     * @param location where the value is going; null where no item is at hand, which secrets cannot do without
     */
    public Object toStored(Object value, @Nullable SecretLocation location) {
        return toStored(value);
    }

    /** Returns the value of what {@link #toStored} made. */
    public abstract Object fromStored(Object stored);

    /** Works as {@link #fromStored(Object)}, with the secrets in the value bound to where they are; none is opened. */
    public Object fromStored(Object stored, @Nullable SecretLocation location) {
        return fromStored(stored);
    }

    /** Writes a value that is not empty as JSON. */
    public abstract void write(Object value, JsonWriter out);

    /**
     * Returns the value of a JSON tree that is not null.
     *
     * @param location where it is; null where no secret can be, or no item is at hand
     */
    public abstract Object read(Object tree, @Nullable SecretLocation location);

    /**
     * Returns a value given by a caller as one of this type, without any loss.
     *
     * @param value neither null nor an {@code Optional} nor a {@code Unique}
     * @param depth how deep in a value this is
     */
    public abstract Object convert(Object value, int depth);

    /** Returns a value given by a caller as {@link #toStored} would make it; numbers may stand for each other. */
    public Object constant(Object value) {
        Object bare = bare(value);
        if (bare == null) {
            throw new TypeMismatch("to compare with an empty value, use isNull");
        }
        return toStored(convert(bare, 0));
    }

    /** Compares two values that are not null for equality. */
    public abstract boolean same(Object one, Object other, int depth);

    /** Returns the value for people: text, or lists and maps of it. */
    public abstract Object describe(Object value, int depth);

    public final void writeNullable(@Nullable Object value, JsonWriter out) {
        if (value == null || isEmpty(value)) {
            out.nul();
        } else {
            write(value, out);
        }
    }

    public final @Nullable Object readNullable(@Nullable Object tree, @Nullable SecretLocation location) {
        return tree == null ? ofNull() : read(tree, location);
    }

    /** Works as {@link #convert}, for any value. */
    public final @Nullable Object convertNullable(@Nullable Object value, int depth) {
        Object bare = bare(value);
        return bare == null ? ofNull() : convert(bare, depth);
    }

    public final boolean sameNullable(@Nullable Object one, @Nullable Object other, int depth) {
        if (one == other) {
            return true;
        }
        boolean none = one == null || isEmpty(one);
        if (none || other == null || isEmpty(other)) {
            return none && (other == null || isEmpty(other));
        }
        return same(java.util.Objects.requireNonNull(one), other, depth);
    }

    public final Object describeNullable(@Nullable Object value, int depth) {
        return value == null || isEmpty(value) ? "null" : describe(value, depth);
    }

    /** Returns the value without the wrappers that say nothing about it. */
    public static @Nullable Object bare(@Nullable Object value) {
        Object bare = value;
        while (true) {
            if (bare instanceof Optional<?> optional) {
                bare = optional.orElse(null);
            } else if (bare instanceof Unique<?> unique) {
                bare = unique.value();
            } else if (bare instanceof OptionalInt number) {
                return number.isPresent() ? (Object) number.getAsInt() : null;
            } else if (bare instanceof OptionalLong number) {
                return number.isPresent() ? (Object) number.getAsLong() : null;
            } else if (bare instanceof OptionalDouble number) {
                return number.isPresent() ? (Object) number.getAsDouble() : null;
            } else {
                return bare;
            }
        }
    }

    /** Refuses to go deeper than data may be nested; a value that holds itself ends here. */
    public static void checkDepth(int depth) {
        if (depth > DEEPEST) {
            throw new TypeMismatch("the data is nested deeper than " + DEEPEST + " levels, or holds itself");
        }
    }

    /** Returns the refusal of a value of a class that cannot stand for this type. */
    public TypeMismatch unfit(Object value) {
        return new TypeMismatch(Article.with(nameOf(value)) + " is not " + Article.with(typeName()));
    }

    public static String nameOf(Object value) {
        Class<?> type = value.getClass();
        return type.getSimpleName().isEmpty() ? type.getName() : type.getSimpleName();
    }
}
