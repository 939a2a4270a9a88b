/**
 * Timers and counters of pools by Micrometer.
 *
 * <p>Begin with {@link dev.korm.micrometer.KormMetrics}. Uses {@code event}.
 */
@NullMarked
package dev.korm.micrometer;

import org.jspecify.annotations.NullMarked;
