package dev.korm;

import dev.korm.schema.Unindexed;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An index. On a field: of that field, {@code @Indexed int year}. On a record: of several fields together, or of paths into
 * nested data, {@code @Indexed({"make", "year"}) @Indexed("address.city")}. It is made with the table, or at the next write.
 *
 * <p>A reference, a field of type {@link Rn}, has an index without it, unless it is {@link Unindexed}. A table that was there before gets that index by
 * {@link Items#prepare()} and not by a write, which would have to wait for it; with {@code @Indexed}, by the next write.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.PARAMETER})
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
