/**
 * Two copies of every file; begin with {@link dev.korm.depots.mirror.MirrorDepot}.
 *
 * <p>Goes around any depot, and uses no other room of the depots.
 */
@NullMarked
package dev.korm.depots.mirror;

import org.jspecify.annotations.NullMarked;
