/**
 * Limits on the time that statements take, as layers see them: the limit of the thread that asks, and the time of what is evaluated in this process.
 *
 * <p>Begin with {@link dev.korm.spi.limit.StatementLimit}. Uses {@code spi}, {@code spi.query}, {@code argument} and {@code limit}.
 */
@NullMarked
package dev.korm.spi.limit;

import org.jspecify.annotations.NullMarked;
