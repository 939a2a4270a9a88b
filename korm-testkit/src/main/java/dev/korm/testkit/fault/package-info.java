/**
 * Faults on order: layers and depots that fail where a test says, interruptions, a virtual clock.
 *
 * <p>Uses no other room of the test kit.
 */
@NullMarked
package dev.korm.testkit.fault;

import org.jspecify.annotations.NullMarked;
