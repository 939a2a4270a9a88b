/**
 * SQLite: its dialect, its one writer that commits for many threads, its readers.
 *
 * <p>Uses {@code jdbc.write}.
 */
@NullMarked
package dev.korm.jdbc.sqlite;

import org.jspecify.annotations.NullMarked;
