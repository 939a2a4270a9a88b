/**
 * Items in their states, the collections they are in, and the change of one item. What an item does with the pool it
 * asks of {@code ItemStore}.
 *
 * <p>Begin with {@link dev.korm.engine.item.ItemChange}. Uses {@code crypto}, {@code engine.commit},
 * {@code engine.context}, {@code engine.depot}, {@code engine.federation}, {@code engine.layer},
 * {@code engine.observe}, {@code engine.softdelete}, {@code model}, {@code model.existing}, {@code model.reference},
 * {@code model.row} and {@code schema}.
 */
@NullMarked
package dev.korm.engine.item;

import org.jspecify.annotations.NullMarked;
