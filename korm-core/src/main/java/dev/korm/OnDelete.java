package dev.korm;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The policy for an item when an item that it refers to is deleted. On a component of a record, nested ones included:
 * of the reference, or of the references in the list or map, that the component is.
 *
 * <pre>{@code
 * record Car(
 *         @OnDelete(DeletePolicy.RESTRICT) Rn<User> owner,
 *         @OnDelete(DeletePolicy.SET_NULL) List<Rn<User>> drivers,
 *         @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Fleet> fleet) {}
 * }</pre>
 *
 * <p>The policy is kept with the data: it is written beside the items when the first of them is stored, and holds for every
 * program that deletes with korm, whether it knows the record or not. To take one back, declare {@link DeletePolicy#LEAVE}; a
 * record that lacks the annotation says nothing. A field with a policy has an index where it is a column of its own.
 *
 * <p>Where the record that is referred to is {@link Stored}, the policy is about items of that namespace and kind, and storing a
 * reference to another collection in the field is a {@link ValueException}. Elsewhere it is about whatever is referred to.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.PARAMETER})
public @interface OnDelete {
    /** Returns the policy. */
    DeletePolicy value();
}
