/**
 * Composition of the engine: opening a pool, the open pool, and the door that {@code Korm} knocks at.
 *
 * <p>Uses every room of the engine; nothing uses it.
 */
@NullMarked
package dev.korm.engine.pool;

import org.jspecify.annotations.NullMarked;
