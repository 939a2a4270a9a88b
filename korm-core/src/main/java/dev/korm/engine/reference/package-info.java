/**
 * References between items: walking and rewriting them, finding those that dangle, and what a deletion does to those who
 * refer.
 *
 * <p>Begin with {@link dev.korm.engine.reference.DeletePlan} and {@link dev.korm.engine.reference.ReferenceWalk}.
 * Uses {@code engine.commit}, {@code engine.context}, {@code engine.file}, {@code engine.item}, {@code engine.key},
 * {@code engine.layer}, {@code engine.read}, {@code engine.softdelete}, {@code model}, {@code model.row} and
 * {@code query}.
 */
@NullMarked
package dev.korm.engine.reference;

import org.jspecify.annotations.NullMarked;
