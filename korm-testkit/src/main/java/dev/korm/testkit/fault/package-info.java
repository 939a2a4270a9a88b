/**
 * Faults on order: layers and depots that fail where a test says, interruptions, a virtual clock.
 *
 * <p>Begin with {@link dev.korm.testkit.fault.FaultyLayer} and {@link dev.korm.testkit.fault.VirtualEnvironment}. Uses
 * {@code memory}.
 */
@NullMarked
package dev.korm.testkit.fault;

import org.jspecify.annotations.NullMarked;
