/**
 * Values of fields that are made of what the fields have.
 *
 * <p>Begin with {@link dev.korm.model.assign.AssignedValue}. Uses {@code codec.base} and {@code codec.text}.
 */
@NullMarked
package dev.korm.model.assign;

import org.jspecify.annotations.NullMarked;
