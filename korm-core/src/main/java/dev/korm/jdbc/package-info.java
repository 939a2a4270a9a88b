/**
 * Layers in SQL databases, as programs name them: {@link dev.korm.jdbc.Sqlite}, {@link dev.korm.jdbc.Postgres} and
 * {@link dev.korm.jdbc.MySql}; and transactions of the program's own that korm takes part in.
 *
 * <p>Begin with {@link dev.korm.jdbc.Sqlite}. A difference between databases stands in one place, the dialect in its own
 * room. Uses {@code jdbc.mysql}, {@code jdbc.postgres}, {@code jdbc.server}, {@code jdbc.session} and
 * {@code jdbc.sqlite}.
 */
@NullMarked
package dev.korm.jdbc;

import org.jspecify.annotations.NullMarked;
