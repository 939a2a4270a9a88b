/**
 * Items in their states, the collections they are in, and the change of one item.
 *
 * <p>What an item does with the pool it asks of {@code ItemStore}. Uses {@code engine.layer} and {@code engine.depot}.
 */
@NullMarked
package dev.korm.engine.item;

import org.jspecify.annotations.NullMarked;
