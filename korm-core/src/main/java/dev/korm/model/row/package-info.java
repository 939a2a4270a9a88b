/**
 * The row between a value and its table: its columns, how they are read back by the schema they were written with, their secrets, and
 * a fingerprint of all.
 *
 * <p>Begin with {@link dev.korm.model.row.Columns}. Uses {@code codec}, {@code codec.json}, {@code codec.text} and
 * {@code crypto}.
 */
@NullMarked
package dev.korm.model.row;

import org.jspecify.annotations.NullMarked;
