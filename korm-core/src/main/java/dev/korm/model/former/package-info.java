/**
 * Types that fields had before, whose values are still in their columns.
 *
 * <p>Begin with {@link dev.korm.model.former.FormerType}. Uses {@code codec}, {@code codec.base} and
 * {@code codec.text}.
 */
@NullMarked
package dev.korm.model.former;

import org.jspecify.annotations.NullMarked;
