/**
 * What every pool holds of changes: all or nothing, over layers, in transactions, under locks, with history, moved and late ones.
 *
 * <p>Begin with {@link dev.korm.testkit.contract.change.AtomicChangeContract}. Uses {@code testkit.contract} and {@code testkit.fault}.
 */
@NullMarked
package dev.korm.testkit.contract.change;

import org.jspecify.annotations.NullMarked;
