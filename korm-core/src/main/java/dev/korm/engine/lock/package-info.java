/**
 * Locks: in the order in which threads came within a pool, as leases in a table among programs, and as fences that writes are held to.
 *
 * <p>Begin with {@link dev.korm.engine.lock.PoolLocks}, whose head tells the protocol. Uses {@code engine.context}, {@code engine.item} and
 * {@code engine.layer}.
 */
@NullMarked
package dev.korm.engine.lock;

import org.jspecify.annotations.NullMarked;
