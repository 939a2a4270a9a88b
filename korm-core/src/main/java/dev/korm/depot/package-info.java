/**
 * Errors of the stores that keep files, by what the caller can do about them.
 *
 * <p>Uses the words of {@code dev.korm} alone.
 */
@NullMarked
package dev.korm.depot;

import org.jspecify.annotations.NullMarked;
