/**
 * Words of schemas: references without an index, and what a destructive change would lose.
 *
 * <p>Begin with {@link dev.korm.schema.ColumnLoss}. Uses no other room.
 */
@NullMarked
package dev.korm.schema;

import org.jspecify.annotations.NullMarked;
