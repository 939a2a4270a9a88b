/**
 * What is told of a pool's work while it is under way: statements, changes of schema, attempts that are repeated.
 *
 * <p>Begin with {@link dev.korm.engine.observe.StatementLog}. Uses {@code event}, {@code engine.context}.
 */
@NullMarked
package dev.korm.engine.observe;

import org.jspecify.annotations.NullMarked;
