/**
 * Statements as text with parameters, and what a dialect says of them.
 *
 * <p>No identifier becomes SQL unquoted, and no constant at all. Uses {@code jdbc.number}; knows no connection.
 */
@NullMarked
package dev.korm.jdbc.sql;

import org.jspecify.annotations.NullMarked;
