/**
 * Files sealed before another depot keeps them; begin with {@link dev.korm.depots.sealed.SealedDepot}.
 *
 * <p>Goes around any depot. Uses {@code depots.support}.
 */
@NullMarked
package dev.korm.depots.sealed;

import org.jspecify.annotations.NullMarked;
