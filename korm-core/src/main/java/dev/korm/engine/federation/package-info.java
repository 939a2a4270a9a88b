/**
 * Questions over several layers: what one layer cannot answer is asked of others first, or evaluated in memory.
 *
 * <p>Begin with {@link dev.korm.engine.federation.FederatedLayer}. Knows tables and ids, and nothing of items. Uses
 * {@code crypto}, {@code engine.context}, {@code model.row} and {@code query}.
 */
@NullMarked
package dev.korm.engine.federation;

import org.jspecify.annotations.NullMarked;
