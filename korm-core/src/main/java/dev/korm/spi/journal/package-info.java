/**
 * The log of changes that touch several stores, as the engine asks for it.
 *
 * <p>Begin with {@link dev.korm.spi.journal.Journal}. A journal keeps bytes and knows nothing of what they say. Uses {@code dev.korm.spi} and {@code
 * dev.korm.spi.depot}.
 */
@NullMarked
package dev.korm.spi.journal;

import org.jspecify.annotations.NullMarked;
