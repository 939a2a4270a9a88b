package dev.korm;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value of a field where an item has none, such as of a field that its record gained later: {@code @Default("true") boolean active}. Reading, filters,
 * orders and aggregates all see it, also within nested data; nothing is written to the items that are there.
 *
 * <p>The text is that of a number, {@code true} or {@code false}, an enum's constant, a date or time in ISO form, or any text for a {@code String}. For one value
 * with one column: not for {@code Optional}, {@code Unique}, references, files, secrets, lists or records, and not in records of a sealed interface.
 *
 * <p>An item that is stored with null in such a field is stored with the default.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.PARAMETER})
public @interface Default {
    String value();
}
