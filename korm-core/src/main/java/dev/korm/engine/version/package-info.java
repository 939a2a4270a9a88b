/**
 * Versions of items in one layer: written in the batch of the change, and read.
 *
 * <p>Begin with {@link dev.korm.engine.version.RecordingLayer}. Uses {@code crypto}, {@code engine.context}, {@code engine.federation} and
 * {@code engine.layer}.
 */
@NullMarked
package dev.korm.engine.version;

import org.jspecify.annotations.NullMarked;
