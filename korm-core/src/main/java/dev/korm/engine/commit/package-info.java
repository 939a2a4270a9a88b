/**
 * Changes of several layers that happen together or not at all, without a coordinator beside the stores.
 *
 * <p>Begin with {@link dev.korm.engine.commit.AtomicCommits}, whose head tells the protocol. Knows batches, and nothing
 * of items or files. Uses {@code concurrent}, {@code engine.context}, {@code engine.federation} and {@code engine.layer}.
 */
@NullMarked
package dev.korm.engine.commit;

import org.jspecify.annotations.NullMarked;
