/**
 * Reading items: by id, as streams and pages, with their references resolved, and how a query is explained.
 *
 * <p>Uses {@code engine.item}. Writes nothing.
 */
@NullMarked
package dev.korm.engine.read;

import org.jspecify.annotations.NullMarked;
