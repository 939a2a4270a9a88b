/**
 * Binding of filters, orders and paths to a model: the way from a query to the {@link dev.korm.spi.query.Selection} that
 * a layer is asked.
 *
 * <p>Begin with {@link dev.korm.query.Binder}. Knows no SQL. Uses {@code codec.text}, {@code model} and
 * {@code model.row}.
 */
@NullMarked
package dev.korm.query;

import org.jspecify.annotations.NullMarked;
