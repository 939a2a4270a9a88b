/**
 * Primitives of cryptography: key derivation, password hashing, hexadecimal text, injective encodings.
 *
 * <p>Knows neither keys nor items, and uses no other room.
 */
@NullMarked
package dev.korm.crypto.primitive;

import org.jspecify.annotations.NullMarked;
