package dev.korm.schema;

import dev.korm.Rn;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * No index for a reference, which otherwise has one: {@code @Unindexed Rn<Batch> batch}. Writes are a little cheaper; a filter through the reference, a
 * question from another layer and a deletion of what it names read the whole collection.
 *
 * <p>Only on a component of type {@link Rn} of the record itself: nested references and those in lists have no index. An index that is there stays.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.PARAMETER})
public @interface Unindexed {}
