/**
 * Tables as they are: columns, indexes, and the hidden columns beside them.
 *
 * <p>Begin with {@link dev.korm.spi.schema.TableSchema}. Uses {@code argument} and {@code spi.query}.
 */
@NullMarked
package dev.korm.spi.schema;

import org.jspecify.annotations.NullMarked;
