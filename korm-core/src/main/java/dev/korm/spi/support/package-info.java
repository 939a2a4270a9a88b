/**
 * Ready implementations of what a pool lets users plug in, and what a layer that differs from another in something begins with.
 *
 * <p>Begin with {@link dev.korm.spi.support.Pkcs12KeyWrapper}. Uses {@code argument}, {@code key}, {@code spi},
 * {@code spi.environment}, {@code spi.load}, {@code spi.query} and {@code spi.schema}.
 */
@NullMarked
package dev.korm.spi.support;

import org.jspecify.annotations.NullMarked;
