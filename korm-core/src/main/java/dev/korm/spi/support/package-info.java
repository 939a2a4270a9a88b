/**
 * Ready implementations of what a pool lets users plug in.
 *
 * <p>Begin with {@link dev.korm.spi.support.Pkcs12KeyWrapper}. Uses {@code argument}, {@code key} and {@code spi}.
 */
@NullMarked
package dev.korm.spi.support;

import org.jspecify.annotations.NullMarked;
