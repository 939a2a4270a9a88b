/**
 * The surroundings a pool runs in: clock, random numbers, identity of the process, and what runs later; and a transaction of a database that a framework has begun around one of the pool. Tests put a virtual one in its place.
 *
 * <p>Begin with {@link dev.korm.spi.environment.Environment}. Uses {@code argument}.
 */
@NullMarked
package dev.korm.spi.environment;

import org.jspecify.annotations.NullMarked;
