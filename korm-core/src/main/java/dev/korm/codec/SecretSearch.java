package dev.korm.codec;

import java.util.HashSet;
import java.util.Set;

/** Whether the values of a type hold secrets. */
final class SecretSearch {
    private final Set<Codec> seen = new HashSet<>();
    private final Documents documents;

    private enum Documents {
        /** What is in them is not declared. */
        MAY,
        DO_NOT
    }

    private SecretSearch(Documents documents) {
        this.documents = documents;
    }

    /** Whether there may be secrets in them. */
    static boolean mayHold(Codec codec) {
        return new SecretSearch(Documents.MAY).holds(codec);
    }

    /** Whether the type says that there are. */
    static boolean declares(Codec codec) {
        return new SecretSearch(Documents.DO_NOT).holds(codec);
    }

    private boolean holds(Codec codec) {
        if (codec instanceof EncryptedCodec || codec instanceof PasswordCodec) {
            return true;
        }
        if (codec instanceof DocumentCodec) {
            return documents == Documents.MAY;
        }
        if (!seen.add(codec)) {
            return false;
        }
        if (codec instanceof WrapperCodec wrapper) {
            return holds(wrapper.inner());
        }
        if (codec instanceof ListCodec list) {
            return holds(list.element());
        }
        if (codec instanceof MapCodec map) {
            return holds(map.value());
        }
        if (codec instanceof SealedCodec records) {
            return records.records().stream().anyMatch(this::holds);
        }
        return codec instanceof RecordCodec record && record.fields().stream().anyMatch(field -> holds(field.codec()));
    }
}
