/**
 * A layer, a depot and a journal in memory, which say what the others have to answer.
 *
 * <p>Begin with {@link dev.korm.testkit.memory.MemoryLayer}. Uses no other room.
 */
@NullMarked
package dev.korm.testkit.memory;

import org.jspecify.annotations.NullMarked;
