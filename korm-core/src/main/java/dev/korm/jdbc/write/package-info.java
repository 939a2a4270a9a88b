/**
 * Batches as statements: their order, their refusals, and the check of columns before each.
 *
 * <p>Begin with {@link dev.korm.jdbc.write.BatchWriter}: {@code MutationSql} writes the statements, {@code StatementRunner} runs them, {@code InsertRuns} and
 * {@code SelectedChanges} are those of many rows. Uses {@code jdbc.existing}, {@code jdbc.session},
 * {@code jdbc.sql} and {@code jdbc.sql.text}.
 */
@NullMarked
package dev.korm.jdbc.write;

import org.jspecify.annotations.NullMarked;
