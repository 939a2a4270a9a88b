/**
 * Collections as users hold them: queries, groupings, items by name.
 *
 * <p>Uses the rooms that read, write and relocate.
 */
@NullMarked
package dev.korm.engine.collection;

import org.jspecify.annotations.NullMarked;
