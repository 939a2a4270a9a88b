/**
 * Codecs of values that are one number, boolean, text or byte sequence, the same in a column and inside JSON.
 *
 * <p>Begin with {@link dev.korm.codec.scalar.Scalars}, which finds one by its class. Uses {@code codec.base},
 * {@code codec.json}, {@code codec.text} and {@code crypto}.
 */
@NullMarked
package dev.korm.codec.scalar;

import org.jspecify.annotations.NullMarked;
