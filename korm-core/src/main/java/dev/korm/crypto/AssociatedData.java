package dev.korm.crypto;

import javax.crypto.Cipher;

/**
 * The data that a ciphertext is bound to, in two parts: its item; then the key, type and path, which are the same in
 * every item of a collection.
 */
final class AssociatedData {
    /** As the original has it. */
    static final AssociatedData NOTHING = new AssociatedData(new byte[0], new byte[0]);

    private final byte[] item;
    private final byte[] rest;

    /** @param item the item's identity */
    AssociatedData(byte[] item, byte[] rest) {
        this.item = item;
        this.rest = rest;
    }

    void into(Cipher cipher) {
        cipher.updateAAD(item);
        cipher.updateAAD(rest);
    }
}
