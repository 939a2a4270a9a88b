/**
 * Ready implementations of what a pool lets users plug in.
 *
 * <p>Uses {@code dev.korm.spi} and the words of users.
 */
@NullMarked
package dev.korm.spi.support;

import org.jspecify.annotations.NullMarked;
