/**
 * Files in a folder.
 *
 * <p>Begin with {@link dev.korm.depots.local.LocalDepot}, and {@code OpenLocalDepot} for how a file comes to its place.
 * Uses {@code depots.support}.
 */
@NullMarked
package dev.korm.depots.local;

import org.jspecify.annotations.NullMarked;
