/**
 * Moving and copying collections between the layers of a pool.
 *
 * <p>Uses the words of {@code dev.korm} alone.
 */
@NullMarked
package dev.korm.relocate;

import org.jspecify.annotations.NullMarked;
