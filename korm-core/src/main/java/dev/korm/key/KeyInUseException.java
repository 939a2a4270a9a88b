package dev.korm.key;

import dev.korm.KormException;
import java.util.List;

/** A key is needed, and cannot be taken out of the ring. Way out: run {@link Keys#rotation()} to its end. */
public final class KeyInUseException extends KormException {
    private static final long serialVersionUID = 1L;

    private final String keyId;
    private final transient List<KeyUse> uses;

    public KeyInUseException(String message, String keyId, List<KeyUse> uses) {
        super(message);
        this.keyId = keyId;
        this.uses = List.copyOf(uses);
    }

    /** Returns the key's id. */
    public String keyId() {
        return keyId;
    }

    /**
     * Returns the uses of the key, with their number; empty when it is needed because it is the current one. Null only
     * after Java serialisation.
     */
    public List<KeyUse> uses() {
        return uses;
    }
}
