package dev.korm;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The collection of a record's items, so that {@code fromData(data)} and {@code query()} need no names.
 *
 * <p>Items of the record are in no other collection: reading, storing or referring to one elsewhere as this record is refused. A
 * record whose items are in several collections, such as one for each tenant, does without. The layer is only where
 * items go when none is named; a collection may be moved to another one.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Stored {
    /** Returns the layer; empty for the pool's only one. */
    String layer() default "";

    /** Returns a word of {@code [a-z][a-z0-9]*}. */
    String namespace();

    /** Returns a word of {@code [a-z][a-z0-9]*}. */
    String kind();
}
