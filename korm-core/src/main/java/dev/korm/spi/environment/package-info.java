/**
 * The surroundings a pool runs in: clock, random numbers, identity of the process, and what runs later. Tests put a virtual one in its place.
 *
 * <p>Begin with {@link dev.korm.spi.environment.Environment}. Uses {@code argument}.
 */
@NullMarked
package dev.korm.spi.environment;

import org.jspecify.annotations.NullMarked;
