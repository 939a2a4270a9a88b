/**
 * Words of time limits: a statement that took too long.
 *
 * <p>Begin with {@link dev.korm.limit.StatementTimeoutException}. Uses {@code argument}.
 */
@NullMarked
package dev.korm.limit;

import org.jspecify.annotations.NullMarked;
