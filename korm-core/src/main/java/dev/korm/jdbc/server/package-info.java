/**
 * Things that PostgreSQL, MySQL and MariaDB share: addresses, settings, pooled connections, reading and writing over
 * them.
 *
 * <p>Begin with {@link dev.korm.jdbc.server.ServerLayer}, and {@link dev.korm.jdbc.server.PooledWriter} for changes.
 * Uses {@code jdbc.existing}, {@code jdbc.feed}, {@code jdbc.session}, {@code jdbc.sql}, {@code jdbc.sql.text} and
 * {@code jdbc.write}.
 */
@NullMarked
package dev.korm.jdbc.server;

import org.jspecify.annotations.NullMarked;
