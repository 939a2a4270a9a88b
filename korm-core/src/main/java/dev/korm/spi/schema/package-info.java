/**
 * Tables as they are: columns, indexes, and the hidden columns beside them.
 *
 * <p>Uses {@code dev.korm.spi.query}.
 */
@NullMarked
package dev.korm.spi.schema;

import org.jspecify.annotations.NullMarked;
