/**
 * Value to column and back: one codec for each Java type that can be stored, alone in a column or inside JSON. The only place
 * that knows how a value looks when it is stored.
 */
@NullMarked
package dev.korm.codec;

import org.jspecify.annotations.NullMarked;
