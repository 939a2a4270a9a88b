/**
 * Versions of items: written in the batch of the change, listed, undone and purged.
 *
 * <p>Begin with {@link dev.korm.engine.history.RecordingLayer}. Uses {@code crypto}, {@code engine.context},
 * {@code engine.depot}, {@code engine.federation}, {@code engine.file}, {@code engine.item}, {@code engine.layer}, {@code engine.read},
 * {@code engine.reference}, {@code engine.write} and {@code model}.
 */
@NullMarked
package dev.korm.engine.history;

import org.jspecify.annotations.NullMarked;
