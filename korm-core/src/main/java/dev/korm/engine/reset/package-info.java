/**
 * The reset of a pool: what would go, who is in the way, and the doing.
 *
 * <p>Begin with {@link dev.korm.engine.reset.PlannedReset}. Uses {@code engine.context}, {@code engine.depot}, {@code engine.file} and {@code engine.item}.
 */
@NullMarked
package dev.korm.engine.reset;

import org.jspecify.annotations.NullMarked;
