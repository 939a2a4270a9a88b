package dev.korm.file;

import dev.korm.Pool;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The release policy of a field's files, instead of the depot's. On a component of a record, nested ones included: of
 * the {@link FileRef}, or of the files in the list or map, that the component is.
 *
 * <pre>{@code
 * record Car(
 *         @OnRelease(ReleasePolicy.KEEP) FileRef invoice,
 *         @OnRelease(ReleasePolicy.DELETE) List<FileRef> thumbnails,
 *         @OnRelease(value = ReleasePolicy.AFTER, grace = "P30D") FileRef photo) {}
 * }</pre>
 *
 * <p>The policy is written beside the file's bytes when an item brings it along, so that it holds for whoever releases the file: a
 * program that does not know the record, a deletion that cascades, or a {@link Pool#sweep}. A file that was stored before the
 * component had the annotation has it from the moment on at which this record releases it. A file that lies with two policies is
 * released by the more careful one.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.PARAMETER})
public @interface OnRelease {
    /** Returns the policy. */
    ReleasePolicy value();

    /**
     * Returns the grace period, for {@link ReleasePolicy#AFTER} and only for it: as {@link java.time.Duration} reads
     * it, such as P30D or PT2H.
     */
    String grace() default "";
}
