/**
 * Versions of items in one layer: written in the batch of the change, and read.
 *
 * <p>Begin with {@link dev.korm.engine.version.RecordingLayer}. Uses {@code crypto}, {@code engine.context}, {@code engine.federation},
 * {@code engine.layer} and {@code query}.
 */
@NullMarked
package dev.korm.engine.version;

import org.jspecify.annotations.NullMarked;
