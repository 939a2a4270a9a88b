package dev.korm.engine.convert;

import dev.korm.FieldPath;
import dev.korm.QueryException;
import dev.korm.ValueException;
import dev.korm.model.Model;
import dev.korm.model.former.FormerType;
import dev.korm.model.row.Encoded;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A field that has got another type, with the function from what was stored to what is to be.
 *
 * @param <T> the record
 * @param <V> the type that the field had
 */
public final class ConvertedField<T, V> {
    /** The kinds of columns that a value is all of. */
    private static final Set<ColumnKind> PLAIN = EnumSet.of(
            ColumnKind.TEXT,
            ColumnKind.INTEGER,
            ColumnKind.REAL,
            ColumnKind.BOOLEAN,
            ColumnKind.DECIMAL,
            ColumnKind.BYTES,
            ColumnKind.JSON);

    private final Model<T> model;
    private final FieldPath field;
    private final FormerType<V> before;
    private final ColumnSchema column;
    private final Function<? super V, ? extends @Nullable Object> function;

    /**
     * @param before the type that the field had
     * @throws dev.korm.PathException when the record has no such field
     * @throws dev.korm.ModelException when the type cannot be stored
     * @throws QueryException when its values cannot be converted
     */
    public ConvertedField(
            Model<T> model,
            FieldPath field,
            Class<V> before,
            Function<? super V, ? extends @Nullable Object> function) {
        this.model = model;
        this.field = field;
        this.before = new FormerType<>(before);
        this.function = function;
        this.column = model.column(field);
        String record = model.type().getSimpleName();
        if (model.boundColumns().contains(column.name())
                || !PLAIN.contains(column.kind())
                || !PLAIN.contains(this.before.kind())) {
            throw new QueryException("The field " + field + " of " + record
                    + " cannot be converted: references, files and secrets belong to their place. Give the new field another"
                    + " name, and set it item by item");
        }
        if (this.before.kind() == column.kind()) {
            throw new QueryException("The field " + field + " of " + record + " cannot be converted: "
                    + before.getSimpleName()
                    + " is kept as the field's own type is, so nothing would tell what is converted"
                    + " already. Give the new field another name, and set it item by item");
        }
    }

    Model<T> model() {
        return model;
    }

    /** Returns the column that the field needs. */
    ColumnSchema column() {
        return column;
    }

    /** Returns the kind of the column that the function takes its values from. */
    ColumnKind kindBefore() {
        return before.kind();
    }

    /** Returns the type that the field had, for messages. */
    String typeBefore() {
        return before.name();
    }

    /** A value that cannot be converted. Without a stack, since there may be many. */
    static final class UnfitException extends Exception {
        private static final long serialVersionUID = 1L;

        UnfitException(String reason) {
            super(reason, null, false, false);
        }
    }

    /**
     * Returns what is to be stored in place of a value that is not null.
     *
     * @throws UnfitException when it cannot be converted; says why, without the value
     */
    @Nullable Object converted(TableName table, Object stored) throws UnfitException {
        @Nullable V value;
        try {
            value = before.read(stored);
        } catch (ValueException unfit) {
            throw new UnfitException("it is not " + before.name() + " as korm keeps it");
        }
        @Nullable Object result;
        try {
            result = value == null ? null : function.apply(value);
        } catch (RuntimeException refused) {
            // Its message may show the value.
            throw new UnfitException("the function threw " + refused.getClass().getName());
        }
        Encoded encoded;
        try {
            encoded = model.encodeAssignments(
                    Collections.<FieldPath, @Nullable Object>singletonMap(field, result), model.wanted(table, null));
        } catch (ValueException unfit) {
            throw new UnfitException("the function's result does not fit the field");
        }
        return encoded.values().get(encoded.columns().indexOf(column));
    }
}
