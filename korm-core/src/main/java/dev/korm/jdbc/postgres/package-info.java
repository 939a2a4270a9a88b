/**
 * PostgreSQL: its dialect, catalogue and errors.
 *
 * <p>Begin with {@link dev.korm.jdbc.postgres.PostgresLayer}. Uses {@code jdbc.existing}, {@code jdbc.feed},
 * {@code jdbc.number}, {@code jdbc.postgres.log}, {@code jdbc.server}, {@code jdbc.session}, {@code jdbc.sql}, {@code jdbc.sql.text},
 * {@code jdbc.write} and {@code live}.
 */
@NullMarked
package dev.korm.jdbc.postgres;

import org.jspecify.annotations.NullMarked;
