/**
 * One layer of an open pool: what is known of its tables, how they grow, and how a batch is applied whose answer may be lost.
 *
 * <p>Begin with {@code OpenLayer}. Uses {@code engine.federation}; knows rows and models, and nothing of items.
 */
@NullMarked
package dev.korm.engine.layer;

import org.jspecify.annotations.NullMarked;
