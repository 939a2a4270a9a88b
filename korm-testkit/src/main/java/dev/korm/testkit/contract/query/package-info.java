/**
 * What every pool answers to queries: filters, orders, pages, references that are followed, and sizes at which a store gives up.
 *
 * <p>Begin with {@link dev.korm.testkit.contract.query.QueryContract}. Uses {@code testkit.contract}.
 */
@NullMarked
package dev.korm.testkit.contract.query;

import org.jspecify.annotations.NullMarked;
