package dev.korm;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The collection of a record's items, so that {@code fromData(data)} and {@code query()} need no names. */
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
