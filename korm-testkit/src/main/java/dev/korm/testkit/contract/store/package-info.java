/**
 * Contracts of a single layer, depot or journal, as the SPI sees it. Subclass one for each store.
 *
 * <p>Begin with {@link dev.korm.testkit.contract.store.LayerContract}. Uses {@code testkit} and {@code testkit.fault}.
 */
@NullMarked
package dev.korm.testkit.contract.store;

import org.jspecify.annotations.NullMarked;
