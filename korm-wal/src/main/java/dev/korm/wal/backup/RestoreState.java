package dev.korm.wal.backup;

import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.UnfinishedRestore;
import dev.korm.depot.DepotException;
import dev.korm.depot.FileExistsException;
import dev.korm.file.Progress;
import dev.korm.spi.backup.BackupContext;
import dev.korm.wal.backup.format.Json;
import dev.korm.wal.backup.format.Members;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The note in the depot that a restore is under way: there from before the first item is changed until the last one is. One for a pool
 * and depot, so that two restores exclude each other.
 */
record RestoreState(UnfinishedRestore told, RestoreOptions options) {
    /** @throws BackupException when another restore is under way, or was cut off */
    static RestoreState begin(
            BackupFolder folder, StoredBackup backup, StoredBackup safety, RestoreOptions options, Instant now) {
        RestoreState state =
                new RestoreState(new UnfinishedRestore(backup.id(), safety.id(), options.mode(), now), options);
        Map<String, @Nullable Object> note = new LinkedHashMap<>();
        note.put("backup", backup.id().name());
        note.put("safety", safety.id().name());
        note.put("mode", options.mode().name());
        note.put("origin", options.origin().name());
        note.put("layers", new TreeMap<>(options.layers()));
        note.put("began", now.toString());
        try {
            folder.note(Json.text(note).getBytes(StandardCharsets.UTF_8));
        } catch (FileExistsException other) {
            throw unfinished(folder, other);
        }
        return state;
    }

    static BackupException unfinished(BackupFolder folder, @Nullable Throwable cause) {
        return new BackupException(
                Reason.UNFINISHED_RESTORE,
                "Another restore into this pool is under way or was cut off, as the depot \""
                        + folder.depot().name()
                        + "\" notes. If no program is at it any more, settle it: unfinishedRestore(…) tells which it is. Nothing was changed",
                cause);
    }

    /**
     * Returns the place that notes a restore into a pool which is under way or was cut off. All depots are asked, since it is noted where its backup is.
     *
     * @param own asked first; where it cannot be, this fails
     * @param away is told which others could not be asked
     */
    static Optional<BackupFolder> anywhere(BackupContext pool, BackupFolder own, Consumer<String> away) {
        if (own.noted().isPresent()) {
            return Optional.of(own);
        }
        for (String depot : pool.depots()) {
            if (!depot.equals(own.depot().name())) {
                try {
                    BackupFolder other = BackupFolder.of(pool, depot);
                    if (other.noted().isPresent()) {
                        return Optional.of(other);
                    }
                } catch (DepotException notAnswering) {
                    away.accept("The depot \"" + depot
                            + "\" did not answer whether a restore into this pool was under way or had been cut off");
                }
            }
        }
        return Optional.empty();
    }

    static BackupException notBackedUp(BackupFolder into, BackupFolder noted) {
        return new BackupException(
                Reason.UNFINISHED_RESTORE,
                "No backup was made into the depot \"" + into.depot().name() + "\", since the depot \""
                        + noted.depot().name()
                        + "\" notes a restore into this pool that is under way or was cut off, and half of that would have been stored."
                        + " Try again when it has ended; if no program is at it any more, settle it: unfinishedRestore(…) tells which it is");
    }

    static BackupException settled(BackupFolder folder) {
        return new BackupException(
                Reason.MISSING,
                "There is no such restore to be settled any more in the depot \""
                        + folder.depot().name() + "\"; somebody else did it");
    }

    static Optional<RestoreState> read(BackupFolder folder) {
        return folder.noted().map(bytes -> {
            Members note = Members.of(Json.parse(new String(bytes, StandardCharsets.UTF_8)));
            RestoreOptions.Mode mode = RestoreOptions.Mode.valueOf(note.text("mode"));
            return new RestoreState(
                    new UnfinishedRestore(
                            folder.id(note.text("backup")),
                            folder.id(note.text("safety")),
                            mode,
                            Instant.parse(note.text("began"))),
                    new RestoreOptions(
                            mode,
                            RestoreOptions.Origin.valueOf(note.text("origin")),
                            note.textMap("layers"),
                            Progress.NONE,
                            RestoreOptions.replace().patience()));
        });
    }
}
