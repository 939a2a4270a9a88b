/**
 * Layers in SQL databases: {@link dev.korm.jdbc.Sqlite}, {@link dev.korm.jdbc.Postgres} and {@link dev.korm.jdbc.MySql}. A difference between databases stands in one place, the dialect.
 */
@NullMarked
package dev.korm.jdbc;

import org.jspecify.annotations.NullMarked;
