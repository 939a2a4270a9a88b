/**
 * Composition of the engine: opening a pool, the open pool, and the door that {@code Korm} knocks at. Nothing else of
 * the engine uses it.
 *
 * <p>Begin with {@link dev.korm.engine.pool.Engine}. Uses {@code engine.backup}, {@code engine.collection}, {@code engine.commit},
 * {@code engine.context}, {@code engine.depot}, {@code engine.file}, {@code engine.filehistory}, {@code engine.history}, {@code engine.item},
 * {@code engine.key}, {@code engine.layer}, {@code engine.lock}, {@code engine.metadata}, {@code engine.observe}, {@code engine.reference}, {@code engine.reset},
 * {@code engine.softdelete}, {@code engine.transaction}, {@code engine.version}, {@code engine.write}, {@code event}
 * and {@code model}.
 */
@NullMarked
package dev.korm.engine.pool;

import org.jspecify.annotations.NullMarked;
