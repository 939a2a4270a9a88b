/**
 * Connections, the statements prepared in them, and what a driver's errors mean.
 *
 * <p>Begin with {@link dev.korm.jdbc.session.Session} and {@link dev.korm.jdbc.session.Sessions}. Uses
 * {@code jdbc.sql} and {@code jdbc.sql.text}.
 */
@NullMarked
package dev.korm.jdbc.session;

import org.jspecify.annotations.NullMarked;
