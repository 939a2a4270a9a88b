/**
 * Keys at work: which values are sealed with which key, their rotation, and uniqueness across keys.
 *
 * <p>Uses {@code engine.item}. The bytes are sealed in {@code dev.korm.crypto}.
 */
@NullMarked
package dev.korm.engine.key;

import org.jspecify.annotations.NullMarked;
