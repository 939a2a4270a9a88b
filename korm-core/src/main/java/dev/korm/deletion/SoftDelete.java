package dev.korm.deletion;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The wish that the items of a record are kept when they are deleted: marked, and out of everything that is read unless
 * {@link dev.korm.Query#includeDeleted} asks for it. They can be restored until they are purged.
 *
 * <pre>{@code
 * @SoftDelete
 * record Car(String make, Unique<String> plate) {}
 * }</pre>
 *
 * <p>It is kept with the data: from the first write on, every program that deletes items of the collection with korm keeps their rows,
 * whether it knows the record or not; one that is running learns of it within a second. A record that lacks the annotation says nothing;
 * to take it back, declare {@code ended = true}. Programs that read such items by a record should have it before the first is deleted: one that is
 * running with a record that lacks it, and does not delete, shows deleted items until it is started anew.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface SoftDelete {
    /** Returns what becomes of the values of a deleted item that are unique. */
    UniqueValues uniqueValues() default UniqueValues.FREED;

    /** Returns true to have items deleted for good again. Those that are deleted already stay restorable, and out of what is read, until they are purged. */
    boolean ended() default false;

    /** The choice of what becomes of the values of a deleted item that are unique. */
    enum UniqueValues {
        /** Other items may have them. A deleted item is restored only while nobody has. */
        FREED,
        /** They stay taken until the item is purged. */
        KEPT
    }
}
