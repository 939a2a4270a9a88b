package dev.korm.model.former;

import dev.korm.ValueException;
import dev.korm.codec.Codecs;
import dev.korm.codec.ColumnForm;
import dev.korm.codec.base.Codec;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.query.ColumnKind;
import org.jspecify.annotations.Nullable;

/**
 * A type that a field had before, whose values are still in its column.
 *
 * @param <V> the type
 */
public final class FormerType<V> {
    private final Class<V> type;
    private final ColumnForm form;

    /** @throws dev.korm.ModelException when the type cannot be stored */
    public FormerType(Class<V> type) {
        Codec codec = Codecs.ofClass(type);
        this.type = type;
        this.form = new ColumnForm(codec, codec.kind());
    }

    /** Returns the type's name for messages. */
    public String name() {
        return type.getSimpleName();
    }

    /** Returns the kind of the column that it had. */
    public ColumnKind kind() {
        return form.codec().kind();
    }

    /**
     * Returns the value of what is in the column; null for JSON's null.
     *
     * @throws ValueException when it is none; shows no value
     */
    public @Nullable V read(Object stored) {
        @Nullable Object value;
        try {
            value = form.read(stored, null);
        } catch (TypeMismatch unfit) {
            throw new ValueException("It is not " + name() + " as korm keeps it: " + unfit.reason(), unfit.getCause());
        }
        return value == null ? null : type.cast(value);
    }
}
