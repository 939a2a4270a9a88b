/**
 * Keys at work: which values are sealed with which key, their rotation, and uniqueness across keys.
 *
 * <p>Begin with {@link dev.korm.engine.key.KeyRotation}. The bytes are sealed in {@code dev.korm.crypto}. Uses
 * {@code crypto}, {@code engine.context}, {@code engine.federation}, {@code engine.item}, {@code engine.layer},
 * {@code engine.softdelete}, {@code engine.version}, {@code model}, {@code model.row} and {@code query}.
 */
@NullMarked
package dev.korm.engine.key;

import org.jspecify.annotations.NullMarked;
