/**
 * How it is made to happen: opening pools, reading (plan, select, resolve, decode) and writing (encode, apply, publish).
 * Knows layers only by {@link dev.korm.spi.Layer}.
 */
@NullMarked
package dev.korm.engine;

import org.jspecify.annotations.NullMarked;
