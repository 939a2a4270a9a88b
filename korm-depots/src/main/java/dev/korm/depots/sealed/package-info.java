/**
 * Files sealed before another depot keeps them. Goes around any depot.
 *
 * <p>Begin with {@link dev.korm.depots.sealed.SealedDepot}, and {@code SealedFormat} for the bytes. Uses
 * {@code depots.support}.
 */
@NullMarked
package dev.korm.depots.sealed;

import org.jspecify.annotations.NullMarked;
