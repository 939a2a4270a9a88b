/**
 * Changes over several stores that were cut off: what recovery found, and errors of the journal.
 *
 * <p>Uses the words of {@code dev.korm} alone.
 */
@NullMarked
package dev.korm.recovery;

import org.jspecify.annotations.NullMarked;
