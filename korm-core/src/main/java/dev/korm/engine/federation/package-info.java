/**
 * Questions over several layers: what one layer cannot answer is asked of others first, or evaluated in memory.
 *
 * <p>Begin with {@code FederatedLayer}. Uses {@code engine.context}; knows tables and ids, and nothing of items.
 */
@NullMarked
package dev.korm.engine.federation;

import org.jspecify.annotations.NullMarked;
