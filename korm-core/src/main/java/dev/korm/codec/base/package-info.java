/**
 * The contract of a codec, which all others keep, and the codecs that only wrap others: optional and unique values,
 * values with a default, lists.
 *
 * <p>Begin with {@link dev.korm.codec.base.Codec}. Knows no type of its own. Uses {@code codec.json}, {@code codec.text}
 * and {@code crypto}.
 */
@NullMarked
package dev.korm.codec.base;

import org.jspecify.annotations.NullMarked;
