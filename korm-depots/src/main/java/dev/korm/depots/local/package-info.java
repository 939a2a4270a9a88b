/**
 * Files in a folder; begin with {@link dev.korm.depots.local.LocalDepot}.
 *
 * <p>Uses {@code depots.support}.
 */
@NullMarked
package dev.korm.depots.local;

import org.jspecify.annotations.NullMarked;
