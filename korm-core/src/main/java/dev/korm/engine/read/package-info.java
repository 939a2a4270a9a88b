/**
 * Reading items: by id, as streams and pages, with their references resolved, and how a query is explained. Writes
 * nothing.
 *
 * <p>Begin with {@link dev.korm.engine.read.PlannedQuery}. Uses {@code engine.context}, {@code engine.depot},
 * {@code engine.federation}, {@code engine.item}, {@code engine.layer}, {@code engine.observe}, {@code model},
 * {@code model.reference}, {@code model.row} and {@code query}.
 */
@NullMarked
package dev.korm.engine.read;

import org.jspecify.annotations.NullMarked;
