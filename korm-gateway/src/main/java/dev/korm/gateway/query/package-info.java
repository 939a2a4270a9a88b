/**
 * Queries as clients of the protocol write them, in JSON and in FlatBuffers, and korm's filters and orders for them.
 *
 * <p>Begin with {@link dev.korm.gateway.query.QuerySpec}, which both forms are read into; {@code Translation} makes filters of it. Uses {@code wire}.
 */
@NullMarked
package dev.korm.gateway.query;

import org.jspecify.annotations.NullMarked;
