/**
 * From what is asked to what a layer is asked: filters, orders and paths are bound to a model and become a
 * {@link dev.korm.spi.query.Selection}. Knows no SQL.
 */
@NullMarked
package dev.korm.query;

import org.jspecify.annotations.NullMarked;
