/**
 * JSON as it is stored: its texts written and read, their canonical form, sealed values as members of it, and stored
 * values of one kind as those of another.
 *
 * <p>Begin with {@link dev.korm.codec.json.JsonWriter}. Knows no codec. Uses {@code codec.text}, {@code crypto}
 * and {@code crypto.primitive}.
 */
@NullMarked
package dev.korm.codec.json;

import org.jspecify.annotations.NullMarked;
