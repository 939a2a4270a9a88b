/**
 * Changes that are stored together, and changes of all items that a filter finds.
 *
 * <p>Begin with {@code ChangeSet}. Uses every room that a change goes through: items, files, references, keys.
 */
@NullMarked
package dev.korm.engine.write;

import org.jspecify.annotations.NullMarked;
