package dev.korm;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The differences between texts that uniqueness and comparisons ignore: {@code @Normalized({TRIM, IGNORE_CASE})
 * Unique<String> email}. On a top-level field that is a {@link Unique} text, or a text that {@link UniqueTogether}
 * names.
 *
 * <p>The text is stored and read as it was given; only what the store compares is normalised. On a {@code Unique} field, {@code
 * eq}, {@code ne} and {@code inList} agree with it: they find {@code " Fred@X.org"} by {@code "fred@x.org"}, by an index. Every
 * other filter, every order, and the parts of a compound compare the text as it is stored.
 *
 * <p>Added to a field, or changed, it takes effect with the next write to the collection, or with {@link Items#prepare}: the rows
 * that are there are compared anew, and those that clash are named. Until then such a filter is refused.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.PARAMETER})
public @interface Normalized {
    /** Returns the differences to ignore. */
    Form[] value();

    /** A difference that does not count. Applied in this order, whatever the order in the annotation. */
    enum Form {
        /** How accents and syllables are composed: Unicode's form NFC. */
        NFC,
        /** As NFC, and other shapes of the same letters and digits, such as full-width ones and ligatures: form NFKC. */
        NFKC,
        /** White space at both ends, as {@link String#strip} knows it. */
        TRIM,
        /** The case of letters, as in filters that ignore it: the same in every locale, {@code ß} as {@code ss}. */
        IGNORE_CASE
    }
}
