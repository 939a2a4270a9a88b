/**
 * Records in Java for tables that korm did not make: what a database says of them, and the source that follows from it.
 *
 * <p>Begin with {@link dev.korm.cli.schema.DatabaseTables}. Uses JDBC alone.
 */
@NullMarked
package dev.korm.cli.schema;

import org.jspecify.annotations.NullMarked;
