/**
 * Limits of a gateway, each with its default.
 *
 * <p>Begin with {@link dev.korm.gateway.settings.Limits}. Uses no other room.
 */
@NullMarked
package dev.korm.gateway.settings;

import org.jspecify.annotations.NullMarked;
