/**
 * Things that PostgreSQL, MySQL and MariaDB share: addresses, settings, pooled connections, reading and writing over them.
 *
 * <p>Uses {@code jdbc.write}.
 */
@NullMarked
package dev.korm.jdbc.server;

import org.jspecify.annotations.NullMarked;
