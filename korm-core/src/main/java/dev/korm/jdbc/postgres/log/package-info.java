/**
 * PostgreSQL's log as its plugin {@code pgoutput} tells it, and places in it.
 *
 * <p>Begin with {@link dev.korm.jdbc.postgres.log.LogFeed}. Uses {@code jdbc.existing},
 * {@code jdbc.feed}, {@code jdbc.sql} and {@code live}.
 */
@NullMarked
package dev.korm.jdbc.postgres.log;

import org.jspecify.annotations.NullMarked;
