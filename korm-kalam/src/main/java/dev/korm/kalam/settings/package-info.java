/**
 * Limits, times and policies of a client. Begin with {@link dev.korm.kalam.settings.Timeouts}.
 */
@NullMarked
package dev.korm.kalam.settings;

import org.jspecify.annotations.NullMarked;
