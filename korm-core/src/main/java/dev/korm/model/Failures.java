package dev.korm.model;

import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.ValueException;
import dev.korm.codec.text.TypeMismatch;
import org.jspecify.annotations.Nullable;

/** The words in which this room says what does not fit. */
final class Failures {
    private Failures() {}

    static KormException store(String model, TypeMismatch misfit, @Nullable Rn<?> rn) {
        return of("stored", model, misfit, rn);
    }

    static KormException read(String model, TypeMismatch misfit, @Nullable Rn<?> rn) {
        return of("read", model, misfit, rn);
    }

    static ValueException set(String model, TypeMismatch misfit, Object path) {
        return new ValueException(
                "\"" + path + "\" of " + model + " cannot be set: " + at(misfit) + misfit.reason(), misfit.getCause());
    }

    private static String at(TypeMismatch misfit) {
        String way = misfit.way();
        return way.isEmpty() ? "" : "at " + way + ", ";
    }

    private static KormException of(String verb, String model, TypeMismatch misfit, @Nullable Rn<?> rn) {
        String way = misfit.way();
        String message = (way.isEmpty() ? model : "The field \"" + way + "\" of " + model)
                + (rn == null ? "" : " (" + rn + ")")
                + " cannot be " + verb + ": " + misfit.reason();
        if (misfit.fault() == TypeMismatch.Fault.SCHEMA) {
            return new SchemaException(
                    message + ". Give the field the type of its column, move it to another name with"
                            + " @Name, or call destructive(), which drops the column: every item loses its value in it, for good");
        }
        return new ValueException(message, misfit.getCause());
    }
}
