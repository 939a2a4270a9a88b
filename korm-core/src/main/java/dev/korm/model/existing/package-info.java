/**
 * Records whose items are rows of a table that korm did not make: what of it is shown, and how its key is an id.
 *
 * <p>Begin with {@link dev.korm.model.existing.ExistingRecord}. Uses {@code codec}, {@code codec.base},
 * {@code codec.scalar}, {@code codec.shape}, {@code codec.text} and {@code table}.
 */
@NullMarked
package dev.korm.model.existing;

import org.jspecify.annotations.NullMarked;
