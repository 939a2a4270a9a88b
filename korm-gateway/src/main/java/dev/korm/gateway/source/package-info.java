/**
 * What a gateway answers from: a pool, or what another module of korm reaches for it.
 *
 * <p>Begin with {@link dev.korm.gateway.source.RowSource}. Uses {@code access}, {@code live}, {@code query}, {@code rpc}, {@code settings}.
 */
@NullMarked
package dev.korm.gateway.source;

import org.jspecify.annotations.NullMarked;
