/**
 * Texts and method references that users write, read into the words of {@code dev.korm}: RNs, paths to fields, names of accessors.
 *
 * <p>Begin with {@link dev.korm.parse.RnParser}. Uses {@code table}.
 */
@NullMarked
package dev.korm.parse;

import org.jspecify.annotations.NullMarked;
