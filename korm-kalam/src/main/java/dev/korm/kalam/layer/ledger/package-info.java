/**
 * The store of the layer in KalamDB: a ledger of commits, and rows by their ids.
 *
 * <p>Begin with {@link dev.korm.kalam.layer.ledger.Ledger}. Uses {@code kalam.sql}, {@code kalam.error} and korm's {@code spi}.
 */
@org.jspecify.annotations.NullMarked
package dev.korm.kalam.layer.ledger;
