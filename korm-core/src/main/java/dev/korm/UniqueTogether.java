package dev.korm;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Fields whose values no two items of a collection share as a whole: {@code @UniqueTogether({"tenant", "email"})}. The store
 * itself sees to it, also when two programs write at once; the second of them gets a {@link DuplicateException}. (The name {@link
 * Unique} is that of a single field's type.)
 *
 * <p>As in SQL, an item in which one of the fields is null clashes with none. A text may be {@link Normalized}. A reference is
 * compared as the text that it is, {@code from} mod included.
 *
 * <p>Added to a collection that has items, it holds for these too: the next write, or {@link Items#prepare}, compares them and
 * names those that clash. Like that of a single field, the uniqueness is the collection's from then on and stays when the
 * annotation goes.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(UniqueTogether.All.class)
public @interface UniqueTogether {
    /** Returns the names of two or more top-level fields, in any order. */
    String[] value();

    /** Several of one record. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface All {
        UniqueTogether[] value();
    }
}
