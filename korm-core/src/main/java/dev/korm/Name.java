package dev.korm;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The stored name of a field, where it differs from the component's: {@code @Name("class") String category}. On a record of
 * a sealed interface: the name by which its values are told apart, else the record's simple name. On a constant of an enum: the text that is stored for
 * it, such as its old name, else its name.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE, ElementType.FIELD, ElementType.PARAMETER})
public @interface Name {
    String value();
}
