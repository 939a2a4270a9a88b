/**
 * Texts and JSON below the codecs: which texts can be stored, numbers as JSON has them, and the error of a value of the wrong type.
 *
 * <p>Knows no codec. Uses {@code dev.korm.crypto} and {@code dev.korm.spi}.
 */
@NullMarked
package dev.korm.codec.text;

import org.jspecify.annotations.NullMarked;
