package dev.korm.model;

import dev.korm.codec.Canonical;
import dev.korm.spi.ColumnKind;
import org.jspecify.annotations.Nullable;

/** What stands for a unique value in its hidden column. */
public final class Fingerprint {
    private Fingerprint() {}

    /** The fingerprint of a value as its column holds it; null for null. */
    public static @Nullable String of(@Nullable Object stored, ColumnKind kind) {
        return stored == null ? null : Canonical.fingerprint(stored, kind);
    }
}
