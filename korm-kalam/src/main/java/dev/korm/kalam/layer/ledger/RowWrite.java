package dev.korm.kalam.layer.ledger;

import org.jspecify.annotations.Nullable;

/**
 * A row as a commit leaves it.
 *
 * @param row which
 * @param data its values; null where it is deleted
 */
public record RowWrite(RowKey row, @Nullable RowData data) {}
