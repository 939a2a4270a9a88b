/**
 * One layer of an open pool: what is known of its tables, how they grow, and how a batch is applied whose answer may be
 * lost.
 *
 * <p>Begin with {@link dev.korm.engine.layer.OpenLayer}. Knows rows and models, and nothing of items. Uses
 * {@code crypto}, {@code engine.context}, {@code engine.federation}, {@code engine.observe},
 * {@code engine.softdelete}, {@code event}, {@code model}, {@code model.existing}, {@code model.reference},
 * {@code model.row} and {@code table}.
 */
@NullMarked
package dev.korm.engine.layer;

import org.jspecify.annotations.NullMarked;
