/**
 * Data of the server for tests: users, tables, topics and files in one file of SQLite, and the SQL that is run over them. Begin with
 * {@link dev.korm.testkit.kalam.data.SqlRunner}. For the server alone: public for its sake, and no part of what programs may rely on.
 */
@NullMarked
package dev.korm.testkit.kalam.data;

import org.jspecify.annotations.NullMarked;
