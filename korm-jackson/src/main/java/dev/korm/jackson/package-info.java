/**
 * Items of korm, and the values in them, as JSON by Jackson 3: for an HTTP interface whose requests and answers hold records
 * that are stored. Begin at {@link dev.korm.jackson.KormModule}.
 *
 * <p>Uses: the words of korm, {@code file}.
 */
@NullMarked
package dev.korm.jackson;

import org.jspecify.annotations.NullMarked;
