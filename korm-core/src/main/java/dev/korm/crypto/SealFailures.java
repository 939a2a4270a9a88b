package dev.korm.crypto;

import dev.korm.ClosedException;
import dev.korm.SealException;
import dev.korm.SealException.Reason;
import dev.korm.crypto.primitive.KeyFormat;
import dev.korm.key.MissingKeyException;

/** The words in which this room says why a secret does not open. */
final class SealFailures {
    private SealFailures() {}

    static SealException unknownKey(SecretLocation location, String keyId, Iterable<String> known) {
        // What stands in the store is shown only where it has the form of an id.
        String named = KeyFormat.isId(keyId) ? "the key \"" + keyId + "\"" : "a key whose id is of no valid form";
        return new SealException(
                Reason.UNKNOWN_KEY,
                "The secret " + location + " cannot be opened: it was sealed with " + named
                        + ", which the key ring does not have (it has " + String.join(", ", known)
                        + "). Add that key to the ring");
    }

    static SealException foreign(SecretLocation location, String keyId) {
        return new SealException(
                Reason.FOREIGN_OR_ALTERED,
                "The secret " + location
                        + " cannot be opened: it was moved or altered. It was sealed for another"
                        + " layer, collection, item or field, or its bytes were changed, or it was sealed with another key"
                        + " than the one that is \"" + keyId
                        + "\" now. If the layer was renamed, give it its former name or move the collection (docs: Another name for a layer); otherwise set the field to a new value or restore it from a backup");
    }

    static SealException malformed(SecretLocation location, String reason) {
        return new SealException(
                Reason.MALFORMED,
                "The secret " + location + " cannot be opened: " + reason
                        + ". Set the field anew, or restore it from a backup");
    }

    static MissingKeyException missing(SecretLocation location, MissingKeyException cause) {
        return new MissingKeyException(
                "The secret " + location + " can be neither sealed nor opened. " + cause.getMessage(), cause);
    }

    static ClosedException closed(SecretLocation location) {
        return new ClosedException("The secret " + location
                + " can be neither sealed nor opened any more: the pool is closed. Reveal it before, or read it from an open"
                + " pool");
    }
}
