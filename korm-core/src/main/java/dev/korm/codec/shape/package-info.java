/**
 * Which classes data can be of, what their components are, and how they are made and read: records, plain classes, and those of Kotlin.
 *
 * <p>Begin with {@link dev.korm.codec.shape.Component}. Uses {@code codec.scalar} and {@code codec.text}.
 */
@NullMarked
package dev.korm.codec.shape;

import org.jspecify.annotations.NullMarked;
