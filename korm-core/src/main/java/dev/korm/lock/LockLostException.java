package dev.korm.lock;

import dev.korm.KormException;

/**
 * A lock was lost, or closed, that a write or a check relied on: its lease ended before it was renewed, or its row was taken by somebody else. Nothing of the write happened. Way out: close the lock,
 * acquire it anew, read again what it guards, and make the change anew.
 */
public final class LockLostException extends KormException {
    private static final long serialVersionUID = 1L;

    private final String lock;

    /**
     * @param lock an item's RN or a name
     * @param message what was refused, why, and what to do
     */
    public LockLostException(String lock, String message) {
        super(message);
        this.lock = lock;
    }

    /** Returns the lock's name: an item's RN, with its layer, or a name in quotation marks. */
    public String lock() {
        return lock;
    }
}
