package dev.korm.wal.backup;

import dev.korm.KormException;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.depot.CorruptFileException;
import dev.korm.depot.MissingFileException;
import dev.korm.key.KeyRing;
import dev.korm.key.MissingKeyException;
import dev.korm.spi.depot.FileContent;
import dev.korm.wal.backup.format.BackupVisitor;
import dev.korm.wal.backup.format.ChunkSeal;
import dev.korm.wal.backup.format.Manifest;
import dev.korm.wal.backup.format.PartReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A backup in its depot, to be read. Safe for many threads. */
final class StoredBackup {
    /** What stands for a key that the pool did not have when it made the backup. */
    static final String UNKNOWN_KEY = "unknown";

    private static final int PROOF = 8;

    private final BackupFolder folder;
    private final Manifest manifest;

    private StoredBackup(BackupFolder folder, Manifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    /** @throws BackupException when there is none, or its manifest is damaged */
    static StoredBackup of(BackupFolder folder, String name) {
        return new StoredBackup(folder, folder.manifest(name));
    }

    BackupId id() {
        return folder.id(manifest.name());
    }

    BackupFolder folder() {
        return folder;
    }

    Manifest manifest() {
        return manifest;
    }

    BackupInfo info() {
        return new BackupInfo(
                id(),
                manifest.pool(),
                manifest.cut(),
                manifest.kind(),
                List.copyOf(manifest.layers().keySet()),
                manifest.items(),
                manifest.files(),
                manifest.bytes(),
                folder.verification(manifest.name()),
                manifest.notes());
    }

    /** Returns a text by which a key is known without telling anything about it. */
    static String proof(KeyRing ring, String key, String backup) {
        return HexFormat.of().formatHex(ring.derive(key, "korm.backup.proof:" + backup, PROOF));
    }

    /** @throws BackupException when a key that the backup needs is not in the ring, or is another of the same id */
    void requireKeys(KeyRing ring) {
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, String> key : manifest.keys().entrySet()) {
            try {
                if (!key.getValue().equals(UNKNOWN_KEY)
                        && !proof(ring, key.getKey(), manifest.name()).equals(key.getValue())) {
                    wrong.add(key.getKey());
                }
            } catch (MissingKeyException | dev.korm.ConfigurationException missing) {
                wrong.add(key.getKey());
            }
        }
        if (!wrong.isEmpty()) {
            throw new BackupException(
                    Reason.WRONG_KEY,
                    "The backup " + id() + " needs the keys " + String.join(", ", wrong)
                            + ", which are not in the pool's ring or are others there; open the pool with the keys that it was made with");
        }
    }

    private @Nullable ChunkSeal seal(KeyRing ring) {
        if (manifest.seal().isEmpty()) {
            return null;
        }
        requireKeys(ring);
        return ChunkSeal.of(ring, manifest.seal().get(), manifest.name());
    }

    /**
     * Tells a visitor everything that is in the backup, and checks each byte on the way.
     *
     * @throws BackupException when something is not as it was written; the visitor has been told what came before
     */
    void read(KeyRing ring, BackupVisitor visitor) {
        PartReader reader = new PartReader(seal(ring), visitor);
        for (Manifest.Part part : manifest.parts()) {
            try (FileContent content = folder.depot().get(folder.file(manifest.name(), part.name()))) {
                reader.read(content.stream(), part);
            } catch (IllegalArgumentException damaged) {
                throw damaged(part.name(), damaged);
            } catch (MissingFileException | CorruptFileException damaged) {
                throw damaged(part.name(), damaged);
            } catch (IOException failed) {
                throw new BackupException(
                        Reason.FAILED,
                        "The part " + part.name() + " of the backup " + id()
                                + " could not be read; look after the depot and try again",
                        failed);
            }
        }
        try {
            reader.end();
        } catch (IllegalArgumentException damaged) {
            throw damaged("the last part", damaged);
        }
    }

    private BackupException damaged(String part, RuntimeException cause) {
        String why = cause instanceof KormException ? "" : ": " + lowered(cause.getMessage());
        return new BackupException(
                Reason.DAMAGED,
                "The backup " + id() + " is damaged in " + part + why
                        + ". Nothing was restored from it; take another backup",
                cause);
    }

    private static String lowered(@Nullable String text) {
        return text == null || text.isEmpty()
                ? "it is none"
                : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
