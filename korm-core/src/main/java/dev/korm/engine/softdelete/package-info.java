/**
 * Rows of items that are deleted and kept: out of what is read, and what their deletion writes.
 *
 * <p>Begin with {@link dev.korm.engine.softdelete.LiveLayer}. Knows rows, and nothing of items. Uses {@code crypto} and {@code engine.context}.
 */
@NullMarked
package dev.korm.engine.softdelete;

import org.jspecify.annotations.NullMarked;
