/**
 * Moving and copying a collection to another layer while programs go on reading and writing it.
 *
 * <p>Begin with {@code RelocationRun}. Uses {@code engine.read} and {@code engine.reference}.
 */
@NullMarked
package dev.korm.engine.relocate;

import org.jspecify.annotations.NullMarked;
