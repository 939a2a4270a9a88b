/**
 * Connections, the statements prepared in them, and what a driver's errors mean.
 *
 * <p>Uses {@code jdbc.sql}.
 */
@NullMarked
package dev.korm.jdbc.session;

import org.jspecify.annotations.NullMarked;
