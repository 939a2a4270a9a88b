package dev.korm.engine.filehistory;

import dev.korm.Rn;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.StoredVersion;
import java.util.Optional;

/**
 * A file as it was from one change to the next.
 *
 * @param layer whose history has it
 */
public record KeptVersion(OpenLayer layer, StoredVersion stored) {
    public Rn<?> file() {
        return Rn.parse(stored.id());
    }

    /** Returns since when it was so, in microseconds since 1970. */
    public long micros() {
        return stored.micros();
    }

    /** Returns where its bytes are kept; empty where the file was not there. */
    public Optional<Rn<?>> copy() {
        return Optional.ofNullable(stored.image()).map(Rn::parse);
    }

    /** Returns whether a transaction made it. */
    public boolean isOf(String transaction) {
        return transaction.equals(stored.transaction());
    }
}
