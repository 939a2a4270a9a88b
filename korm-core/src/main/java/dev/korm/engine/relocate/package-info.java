/**
 * Moving and copying a collection to another layer while programs go on reading and writing it.
 *
 * <p>Begin with {@code RelocationRun}, whose head tells the phases. Uses {@code engine.context},
 * {@code engine.federation}, {@code engine.item}, {@code engine.layer}, {@code engine.observe}, {@code engine.reference},
 * {@code engine.softdelete} and {@code model}.
 */
@NullMarked
package dev.korm.engine.relocate;

import org.jspecify.annotations.NullMarked;
