/**
 * Texts and JSON below the codecs: which texts can be stored, numbers as JSON has them, and the error of a value of the
 * wrong type.
 *
 * <p>Begin with {@link dev.korm.codec.text.StorableText}. Knows no codec. Uses nothing.
 */
@NullMarked
package dev.korm.codec.text;

import org.jspecify.annotations.NullMarked;
