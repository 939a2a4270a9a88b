/**
 * MySQL and MariaDB: their dialect, their catalogue, and what they cannot evaluate exactly.
 *
 * <p>Begin with {@link dev.korm.jdbc.mysql.MySqlLayer}. Uses {@code jdbc.existing}, {@code jdbc.feed},
 * {@code jdbc.number}, {@code jdbc.server}, {@code jdbc.session}, {@code jdbc.sql}, {@code jdbc.sql.text} and
 * {@code jdbc.write}.
 */
@NullMarked
package dev.korm.jdbc.mysql;

import org.jspecify.annotations.NullMarked;
