package dev.korm.crypto;

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

    int length() {
        return item.length + rest.length;
    }

    /** Copies it to an array's beginning. */
    void into(byte[] target) {
        System.arraycopy(item, 0, target, 0, item.length);
        System.arraycopy(rest, 0, target, item.length, rest.length);
    }
}
