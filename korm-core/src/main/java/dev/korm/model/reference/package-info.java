/**
 * The references and files that a value holds, and what is to happen to each when its target is deleted. Built once per class.
 *
 * <p>Begin with {@link dev.korm.model.reference.References}. Uses {@code codec}, {@code codec.base},
 * {@code codec.scalar}, {@code codec.shape}, {@code codec.text} and {@code model.row}.
 */
@NullMarked
package dev.korm.model.reference;

import org.jspecify.annotations.NullMarked;
