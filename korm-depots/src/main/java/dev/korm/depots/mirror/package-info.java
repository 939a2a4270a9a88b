/**
 * Two copies of every file. Goes around any depot.
 *
 * <p>Begin with {@link dev.korm.depots.mirror.MirrorDepot}. Uses {@code depots.support}.
 */
@NullMarked
package dev.korm.depots.mirror;

import org.jspecify.annotations.NullMarked;
