/**
 * Changes that are stored together, and changes of all items that a filter finds.
 *
 * <p>Begin with {@link dev.korm.engine.write.ChangeSet}. Uses {@code engine.commit}, {@code engine.context},
 * {@code engine.depot}, {@code engine.federation}, {@code engine.file}, {@code engine.item}, {@code engine.key},
 * {@code engine.layer}, {@code engine.lock}, {@code engine.read}, {@code engine.reference}, {@code engine.relocate},
 * {@code engine.softdelete}, {@code model}, {@code model.row}, {@code query} and {@code schema}.
 */
@NullMarked
package dev.korm.engine.write;

import org.jspecify.annotations.NullMarked;
