/**
 * Words of schemas: references without an index, what a destructive change would lose, and the conversion of a field by a function.
 *
 * <p>Begin with {@link dev.korm.schema.Conversion}. Uses no other room.
 */
@NullMarked
package dev.korm.schema;

import org.jspecify.annotations.NullMarked;
