/**
 * Errors, by what a caller can do about them. Begin with {@link dev.korm.kalam.error.KalamException}.
 */
@NullMarked
package dev.korm.kalam.error;

import org.jspecify.annotations.NullMarked;
