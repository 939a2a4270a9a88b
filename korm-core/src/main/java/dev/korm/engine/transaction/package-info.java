/**
 * Transactions whose work a user writes: what they have not stored yet is kept in memory and laid over what is read, and is stored
 * at the end as one change.
 *
 * <p>Begin with {@link dev.korm.engine.transaction.TransactionRun}. Uses {@code engine.collection}, {@code engine.commit},
 * {@code engine.context}, {@code engine.federation}, {@code engine.file}, {@code engine.item}, {@code engine.layer},
 * {@code engine.lock}, {@code engine.observe}, {@code engine.read},
 * {@code engine.reference}, {@code engine.relocate}, {@code engine.write} and {@code model}.
 */
@NullMarked
package dev.korm.engine.transaction;

import org.jspecify.annotations.NullMarked;
