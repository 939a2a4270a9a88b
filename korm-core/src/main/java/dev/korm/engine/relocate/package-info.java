/**
 * Moving and copying a collection to another layer while programs go on reading and writing it; and moves as members of a
 * change, which {@code PlannedMoves} begins.
 *
 * <p>Begin with {@code RelocationRun}, whose head tells the phases. Uses {@code engine.commit}, {@code engine.context},
 * {@code engine.federation}, {@code engine.file}, {@code engine.item}, {@code engine.layer}, {@code engine.observe}, {@code engine.read},
 * {@code engine.reference}, {@code engine.softdelete}, {@code model}, {@code model.row} and {@code query}.
 */
@NullMarked
package dev.korm.engine.relocate;

import org.jspecify.annotations.NullMarked;
