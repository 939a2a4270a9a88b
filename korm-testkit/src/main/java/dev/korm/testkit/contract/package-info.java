/**
 * Contracts of pools over a layer or depot, as users see them.
 *
 * <p>Subclass one for each store. Uses {@code testkit.memory} and {@code testkit.fault}.
 */
@NullMarked
package dev.korm.testkit.contract;

import org.jspecify.annotations.NullMarked;
