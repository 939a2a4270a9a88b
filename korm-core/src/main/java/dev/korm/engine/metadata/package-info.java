/**
 * Metadata of a pool: what a layer keeps of the pool's configuration, and what happens when the two differ.
 *
 * <p>Begin with {@link dev.korm.engine.metadata.MetadataReconciler}, and for what finds a pool again with {@link
 * dev.korm.engine.metadata.Discovery}. Uses {@code crypto}, {@code engine.context}, {@code engine.key}, {@code engine.layer}
 * and {@code engine.lock}.
 */
@NullMarked
package dev.korm.engine.metadata;

import org.jspecify.annotations.NullMarked;
