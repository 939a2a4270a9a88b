/**
 * Metadata of a pool: what a layer keeps of the pool's configuration, and what happens when the two differ.
 *
 * <p>Begin with {@link dev.korm.engine.metadata.MetadataReconciler}. Uses {@code engine.context} and
 * {@code engine.layer}.
 */
@NullMarked
package dev.korm.engine.metadata;

import org.jspecify.annotations.NullMarked;
