/**
 * Changes of several layers that happen together or not at all, without a coordinator beside the stores.
 *
 * <p>Begin with {@link dev.korm.engine.commit.AtomicCommits}, whose head tells the protocol. Uses {@code engine.layer} and {@code engine.context}; knows
 * batches, and nothing of items or files.
 */
@NullMarked
package dev.korm.engine.commit;

import org.jspecify.annotations.NullMarked;
