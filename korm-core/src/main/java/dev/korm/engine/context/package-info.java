/**
 * Things that all rooms of the engine share: the life of a pool, its events, identities of items, work on several layers at once.
 *
 * <p>Begin with {@link dev.korm.engine.context.PoolLifecycle}. Uses {@code event}, {@code engine.flight}.
 */
@NullMarked
package dev.korm.engine.context;

import org.jspecify.annotations.NullMarked;
