/**
 * PostgreSQL: its dialect, catalogue and errors.
 *
 * <p>Uses {@code jdbc.server}.
 */
@NullMarked
package dev.korm.jdbc.postgres;

import org.jspecify.annotations.NullMarked;
