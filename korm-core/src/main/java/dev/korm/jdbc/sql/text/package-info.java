/**
 * The text of a statement, put together piece by piece: names quoted, values as parameters, patterns and places in JSON escaped, and
 * the limits at which a database refuses it.
 *
 * <p>Begin with {@link dev.korm.jdbc.sql.text.SqlWriter}. Uses nothing.
 */
@NullMarked
package dev.korm.jdbc.sql.text;

import org.jspecify.annotations.NullMarked;
