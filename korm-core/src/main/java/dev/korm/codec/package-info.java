/**
 * Codecs between a Java value and its column: the one of each type that can be stored, alone in a column or inside JSON;
 * those of records, maps, documents and secrets stand here, the others in the rooms below.
 * The only place that knows how a value looks when it is stored.
 *
 * <p>Begin with {@link dev.korm.codec.Codecs}, which finds the codec of a type. Uses {@code codec.base},
 * {@code codec.json}, {@code codec.scalar}, {@code codec.shape}, {@code codec.text} and {@code crypto}.
 */
@NullMarked
package dev.korm.codec;

import org.jspecify.annotations.NullMarked;
