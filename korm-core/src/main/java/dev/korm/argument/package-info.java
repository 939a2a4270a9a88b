/**
 * Arguments that may not be null, and the error that names one that is.
 *
 * <p>Begin with {@link dev.korm.argument.NullArgumentException}. Uses no other room.
 */
@NullMarked
package dev.korm.argument;

import org.jspecify.annotations.NullMarked;
