/**
 * What programs call: {@link dev.korm.Korm} opens pools, items and queries come out of them, and the words they use stand
 * beside it: {@link dev.korm.Rn}, {@link dev.korm.Filter}, {@link dev.korm.Document}, the annotations and the errors.
 */
@NullMarked
package dev.korm;

import org.jspecify.annotations.NullMarked;
