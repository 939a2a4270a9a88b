/**
 * Sealing and searching of secrets: bytes in, bytes out. Knows which place of which item a secret belongs to, and
 * nothing of JSON, columns or Java types; {@code dev.korm.codec} hands it plaintexts and payloads.
 *
 * <p>Begin with {@link dev.korm.crypto.Sealer}. Uses {@code crypto.primitive}.
 */
@NullMarked
package dev.korm.crypto;

import org.jspecify.annotations.NullMarked;
