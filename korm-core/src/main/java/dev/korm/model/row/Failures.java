package dev.korm.model.row;

import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.Stored;
import dev.korm.UnknownNameException;
import dev.korm.ValueException;
import dev.korm.codec.text.TypeMismatch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The words in which this room says what does not fit. */
public final class Failures {
    private Failures() {}

    public static KormException store(String model, TypeMismatch misfit, @Nullable Rn<?> rn) {
        return of("stored", model, misfit, rn);
    }

    public static KormException read(String model, TypeMismatch misfit, @Nullable Rn<?> rn) {
        return of("read", model, misfit, rn);
    }

    /** Returns the failure to read an item's record; another collection than the record's own is probably the cause. */
    public static KormException read(Class<?> record, TypeMismatch misfit, Rn<?> rn) {
        return read(record, misfit, rn, Optional.empty());
    }

    /** @param formerName the column that may hold the field's values */
    public static KormException read(Class<?> record, TypeMismatch misfit, Rn<?> rn, Optional<String> formerName) {
        Stored stored = record.getAnnotation(Stored.class);
        boolean expected = stored == null
                || (rn.namespace().equals(stored.namespace()) && rn.kind().equals(stored.kind()));
        String hint = expected
                ? formerName
                        .map(column -> ". There is a column \"" + column
                                + "\" that no field has: if the field was renamed, write @Name(\"" + column
                                + "\") on it")
                        .orElse("")
                : ". The items of " + record.getSimpleName() + " are in " + stored.namespace() + ":" + stored.kind()
                        + ", and this one is of another collection: unless that is meant, correct the RN or the query";
        return of("read", record.getSimpleName(), misfit, rn, hint);
    }

    public static ValueException set(String model, TypeMismatch misfit, Object path) {
        return new ValueException(
                "\"" + path + "\" of " + model + " cannot be set: " + at(misfit) + misfit.reason(), misfit.getCause());
    }

    private static String at(TypeMismatch misfit) {
        String way = misfit.way();
        return way.isEmpty() ? "" : "at " + way + ", ";
    }

    private static KormException of(String verb, String model, TypeMismatch misfit, @Nullable Rn<?> rn) {
        return of(verb, model, misfit, rn, "");
    }

    private static KormException of(String verb, String model, TypeMismatch misfit, @Nullable Rn<?> rn, String hint) {
        String way = misfit.way();
        String message = (way.isEmpty() ? model : "The field \"" + way + "\" of " + model)
                + (rn == null ? "" : " (" + rn + ")")
                + " cannot be " + verb + ": " + misfit.reason() + hint;
        if (misfit.fault() == TypeMismatch.Fault.SCHEMA) {
            return new SchemaException(message + ". Give the field the type of its column, move it to another name with"
                    + " @Name, have convert(…) of the items convert its values by a function, or call destructive(), which"
                    + " drops the column: every item loses its value in it, for good");
        }
        return misfit.fault() == TypeMismatch.Fault.UNKNOWN_NAME
                ? new UnknownNameException(message)
                : new ValueException(message, misfit.getCause());
    }
}
