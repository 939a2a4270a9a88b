/**
 * Terms on which a thread asks layers: limits on the time that statements take, the time of what is evaluated in this process, and whether replicas may answer.
 *
 * <p>Begin with {@link dev.korm.spi.limit.StatementLimit}. Uses {@code spi}, {@code spi.query}, {@code argument} and {@code limit}.
 */
@NullMarked
package dev.korm.spi.limit;

import org.jspecify.annotations.NullMarked;
