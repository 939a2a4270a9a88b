/**
 * SQLite: its dialect, its one writer that commits for many threads, its readers.
 *
 * <p>Begin with {@link dev.korm.jdbc.sqlite.SqliteLayer}, and {@code SqliteWriter} for changes. Uses
 * {@code concurrent}, {@code jdbc.existing}, {@code jdbc.feed}, {@code jdbc.number}, {@code jdbc.session},
 * {@code jdbc.sql}, {@code jdbc.sql.text} and {@code jdbc.write}.
 */
@NullMarked
package dev.korm.jdbc.sqlite;

import org.jspecify.annotations.NullMarked;
