package dev.korm.model;

import dev.korm.spi.ColumnShape;
import dev.korm.spi.Row;
import java.util.List;

/**
 * Fields as columns, hidden columns of unique fields among them; key and revision are not.
 *
 * @param columns one list for all items of a model where they all have the same columns
 * @param values in the order of the columns
 */
public record Encoded(List<ColumnShape> columns, Row values) {}
