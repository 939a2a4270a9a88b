package dev.korm.file;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.history.Operation;
import java.time.Instant;
import java.util.Optional;

/**
 * A file as it was from one change to the next, in a pool that keeps the bytes of files with its history; see {@link PoolFiles#history}.
 *
 * @param rn the file's name
 * @param operation the way in which it came to be so; {@link Operation#FOUND} where somebody who keeps no history had stored it
 * @param time since when it was so, by the clock of the process that made it
 * @param transaction the id of the transaction that made it; empty where nobody knows, or a sweep has deleted the file
 * @param actor who made it, where that was said
 * @param reason why it was made, where that was said
 * @param content the file with the bytes that it had, to be read, or stored anew by an {@code edit}; empty where it was not there
 */
public record FileVersion(
        Rn<?> rn,
        Operation operation,
        Instant time,
        Optional<String> transaction,
        Optional<String> actor,
        Optional<String> reason,
        Optional<FileRef> content) {
    public FileVersion {
        requireNonNull(rn, "rn");
        requireNonNull(operation, "operation");
        requireNonNull(time, "time");
        requireNonNull(transaction, "transaction");
        requireNonNull(actor, "actor");
        requireNonNull(reason, "reason");
        requireNonNull(content, "content");
    }
}
