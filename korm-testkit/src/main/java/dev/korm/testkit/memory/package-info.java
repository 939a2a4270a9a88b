/**
 * A layer, a depot and a journal in memory, which say what the others have to answer.
 *
 * <p>Uses no other room of the test kit.
 */
@NullMarked
package dev.korm.testkit.memory;

import org.jspecify.annotations.NullMarked;
