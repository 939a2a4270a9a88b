/**
 * Files of items: staging, moving to their names, releasing, and sweeping what nothing names.
 *
 * <p>Begin with {@code FileChanges}. Uses {@code engine.item} and {@code engine.depot}.
 */
@NullMarked
package dev.korm.engine.file;

import org.jspecify.annotations.NullMarked;
