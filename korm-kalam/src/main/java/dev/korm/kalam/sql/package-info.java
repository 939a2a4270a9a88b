/**
 * Statements, parameters and rows. Begin with {@link dev.korm.kalam.sql.KalamSql}.
 */
@NullMarked
package dev.korm.kalam.sql;

import org.jspecify.annotations.NullMarked;
