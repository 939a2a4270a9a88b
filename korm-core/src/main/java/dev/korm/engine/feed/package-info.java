/**
 * Change feeds of layers, as far as a pool looks after them: what is forgotten of them.
 *
 * <p>Begin with {@link dev.korm.engine.feed.FeedPruning}. Uses {@code engine.layer}.
 */
@NullMarked
package dev.korm.engine.feed;

import org.jspecify.annotations.NullMarked;
