/**
 * Tables that korm did not make: how they are looked at, and how their rows are written.
 *
 * <p>Begin with {@link dev.korm.jdbc.existing.ExistingCatalog}. Uses {@code jdbc.session}, {@code jdbc.sql} and
 * {@code jdbc.sql.text}.
 */
@NullMarked
package dev.korm.jdbc.existing;

import org.jspecify.annotations.NullMarked;
