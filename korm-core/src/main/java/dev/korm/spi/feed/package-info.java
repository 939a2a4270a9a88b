/**
 * Readers of a layer's change feed whose places are kept in the store, and how long changes are kept for them.
 *
 * <p>Begin with {@link dev.korm.spi.feed.FeedReaders}. Uses {@code argument}, {@code spi},
 * {@code spi.environment}, {@code spi.query} and {@code spi.schema}.
 */
@NullMarked
package dev.korm.spi.feed;

import org.jspecify.annotations.NullMarked;
