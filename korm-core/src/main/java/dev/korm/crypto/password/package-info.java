/**
 * Hashes of passwords: korm's own, and those that other systems have written, with the forms in which Unicode writes a password.
 *
 * <p>Begin with {@link dev.korm.crypto.password.StoredHash}. Knows no item and no payload. Uses no other room.
 */
@NullMarked
package dev.korm.crypto.password;

import org.jspecify.annotations.NullMarked;
