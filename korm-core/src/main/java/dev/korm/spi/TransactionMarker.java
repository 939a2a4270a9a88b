package dev.korm.spi;

import java.time.Instant;

/**
 * Proof, in the store itself, that a batch was applied.
 *
 * @param id the transaction's id, unique for ever
 * @param pool the pool's id
 * @param time when the transaction began
 */
public record TransactionMarker(String id, String pool, Instant time) {
    /** The table of markers: {@code id} TEXT, {@code pool} TEXT, {@code time} INTEGER in milliseconds since 1970. */
    public static final TableName TABLE = TableName.own("__korm_tx__", "id");
}
