/**
 * The log of changes that touch several stores, as the engine asks for it. A journal keeps bytes and knows nothing of
 * what they say.
 *
 * <p>Begin with {@link dev.korm.spi.journal.Journal}. Uses {@code argument}, {@code spi.depot} and
 * {@code spi.environment}.
 */
@NullMarked
package dev.korm.spi.journal;

import org.jspecify.annotations.NullMarked;
