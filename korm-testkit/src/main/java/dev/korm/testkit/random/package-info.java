/**
 * Contracts that run random changes beside a model in memory, from a seed that they print.
 *
 * <p>Uses {@code testkit.contract}.
 */
@NullMarked
package dev.korm.testkit.random;

import org.jspecify.annotations.NullMarked;
