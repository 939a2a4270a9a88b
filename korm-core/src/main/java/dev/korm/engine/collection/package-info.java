/**
 * Collections as users hold them: queries, groupings, items by name, relocations of a type.
 *
 * <p>Begin with {@link dev.korm.engine.collection.ItemsOfType}. Uses {@code engine.context}, {@code engine.convert}, {@code engine.history}, {@code engine.item},
 * {@code engine.key}, {@code engine.layer}, {@code engine.live}, {@code engine.observe}, {@code engine.read}, {@code engine.relocate}, {@code engine.write}, {@code event}, {@code live}, {@code model},
 * {@code model.existing}, {@code query} and {@code schema}.
 */
@NullMarked
package dev.korm.engine.collection;

import org.jspecify.annotations.NullMarked;
