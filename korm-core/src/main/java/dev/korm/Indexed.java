package dev.korm;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An index. On a field: of that field, {@code @Indexed int year}. On a record: of several fields together, or of paths into
 * nested data, {@code @Indexed({"make", "year"}) @Indexed("address.city")}. It is made with the table, or at the next write.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.RECORD_COMPONENT})
@Repeatable(Indexed.All.class)
public @interface Indexed {
    /** Returns the paths, without {@code [*]} and references; empty on a field. */
    String[] value() default {};

    /** Several indexes of one record. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface All {
        Indexed[] value();
    }
}
