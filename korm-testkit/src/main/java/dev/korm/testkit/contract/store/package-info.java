/**
 * Contracts of a single layer or depot, as the SPI sees it.
 *
 * <p>Subclass one for each store. Uses {@code testkit.memory} and {@code testkit.fault}.
 */
@NullMarked
package dev.korm.testkit.contract.store;

import org.jspecify.annotations.NullMarked;
