package dev.korm;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A sealed field that can be found by its whole value: {@code @Searchable Encrypted<String> taxNumber}. It takes {@code eq},
 * {@code ne} and {@code inList}, also through references, and nothing else.
 *
 * <p>Beside the sealed value the store then holds a fingerprint of it: an HMAC-SHA-256 of the value's canonical JSON, cut to
 * {@link #bits} bits, with a key that is derived from the ring's for this layer, collection and field alone. So somebody who has
 * the database and not the keys learns which items hold equal values in this field, how many of each there are, and nothing of the
 * values: leave the annotation away where that is too much, as it is for a field with few different values. At 128 bits two values
 * do not meet by chance, so what is found need not be opened to be believed.
 *
 * <p>With fewer bits different values share a fingerprint, which hides how often each of them occurs; korm then opens what the
 * fingerprint finds, so that answers, counts and changes are as exact as before, and cost a decryption for each candidate.
 * {@code @Searchable(bits = 12)} finds one in 4,096 of the other items too: among 50,000 different names each has about twelve others
 * to hide with. A value that is more frequent than all those together still stands out.
 *
 * <p>{@link Normalized} says which differences of texts do not count. On a top-level field only. Numbers of the class {@code
 * BigDecimal} cannot be searched, since 2.5 and 2.50 are sealed as different texts.
 *
 * <p>Added to a collection that has items: from then on every write makes the fingerprint, and {@link Items#prepare} makes those
 * that are missing, in small pieces, while others read and write; when it was stopped it goes on where it was. Until it is done
 * such a filter is refused.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.PARAMETER})
public @interface Searchable {
    /** Returns whether no two items may hold equal values. The first write makes the fingerprints of all items then. */
    boolean unique() default false;

    /**
     * Returns the length of the fingerprint: from 8 to 256 bits, in steps of 4. What is unique needs 128 or more. A
     * field that gets another number is prepared anew, like one that becomes searchable.
     */
    int bits() default 128;
}
