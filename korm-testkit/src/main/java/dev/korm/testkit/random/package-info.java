/**
 * Contracts that run random changes beside a model in memory, from a seed that they print.
 *
 * <p>Begin with {@link dev.korm.testkit.random.RandomItemsContract}. Uses {@code testkit}, {@code testkit.contract} and
 * {@code testkit.fault}.
 */
@NullMarked
package dev.korm.testkit.random;

import org.jspecify.annotations.NullMarked;
