/**
 * Statements as text with parameters, and what a dialect says of them. No identifier becomes SQL unquoted, and no
 * constant at all.
 *
 * <p>Begin with {@link dev.korm.jdbc.sql.SelectionSql}. Knows no connection. Uses {@code jdbc.number} and
 * {@code jdbc.sql.text}.
 */
@NullMarked
package dev.korm.jdbc.sql;

import org.jspecify.annotations.NullMarked;
