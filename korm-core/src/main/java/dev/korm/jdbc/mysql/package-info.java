/**
 * MySQL and MariaDB: their dialect, and what they cannot evaluate exactly.
 *
 * <p>Uses {@code jdbc.server}.
 */
@NullMarked
package dev.korm.jdbc.mysql;

import org.jspecify.annotations.NullMarked;
