/**
 * Contracts of pools over a layer or depot, as users see them. Subclass one for each store.
 *
 * <p>Begin with {@link dev.korm.testkit.contract.PoolContract}. Uses {@code testkit}, {@code testkit.fault} and
 * {@code testkit.memory}.
 */
@NullMarked
package dev.korm.testkit.contract;

import org.jspecify.annotations.NullMarked;
