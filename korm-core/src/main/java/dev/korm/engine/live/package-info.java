/**
 * Live queries: which of them a change can alter, their answers from moment to moment, and how listeners are told.
 *
 * <p>Begin with {@link dev.korm.engine.live.LiveQueries}. Uses {@code engine.context}, {@code engine.feed}, {@code engine.item},
 * {@code engine.layer}, {@code engine.read}, {@code live}, {@code model}, {@code model.reference} and {@code query}.
 */
@NullMarked
package dev.korm.engine.live;

import org.jspecify.annotations.NullMarked;
