/**
 * The history of a pool: versions listed, read as of a moment, undone and purged.
 *
 * <p>Begin with {@link dev.korm.engine.history.PoolHistory}. Uses {@code crypto}, {@code engine.commit},
 * {@code engine.context}, {@code engine.depot}, {@code engine.federation}, {@code engine.file},
 * {@code engine.filehistory}, {@code engine.item}, {@code engine.layer}, {@code engine.read},
 * {@code engine.reference}, {@code engine.relocate}, {@code engine.version}, {@code engine.write}, {@code model} and
 * {@code model.row}.
 */
@NullMarked
package dev.korm.engine.history;

import org.jspecify.annotations.NullMarked;
