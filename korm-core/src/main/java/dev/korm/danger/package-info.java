/**
 * Acts that cannot be taken back.
 *
 * <p>Begin with {@link dev.korm.danger.Danger}. Uses {@code argument}.
 */
@NullMarked
package dev.korm.danger;

import org.jspecify.annotations.NullMarked;
