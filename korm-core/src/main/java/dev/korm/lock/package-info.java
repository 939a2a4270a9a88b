/**
 * Locks of items and of names, within a program and among programs.
 *
 * <p>Begin with {@link dev.korm.lock.Locks}. Uses {@code argument}.
 */
@NullMarked
package dev.korm.lock;

import org.jspecify.annotations.NullMarked;
