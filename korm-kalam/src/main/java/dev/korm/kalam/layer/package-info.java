/**
 * The layer in KalamDB: batches, questions and tables over the store in {@code layer.ledger}.
 *
 * <p>Begin with {@link dev.korm.kalam.layer.Kalam}. Needs korm, which the client itself does not.
 */
@org.jspecify.annotations.NullMarked
package dev.korm.kalam.layer;
