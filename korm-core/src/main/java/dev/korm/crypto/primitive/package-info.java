/**
 * Primitives of cryptography: key derivation, password hashing, hexadecimal text, injective encodings, the form of keys.
 *
 * <p>Begin with {@link dev.korm.crypto.primitive.Hkdf}. Knows no item and no secret. Uses no other room.
 */
@NullMarked
package dev.korm.crypto.primitive;

import org.jspecify.annotations.NullMarked;
