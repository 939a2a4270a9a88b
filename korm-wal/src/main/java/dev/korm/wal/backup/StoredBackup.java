package dev.korm.wal.backup;

import dev.korm.KormException;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.Verification;
import dev.korm.depot.CorruptFileException;
import dev.korm.depot.MissingFileException;
import dev.korm.key.KeyRing;
import dev.korm.key.MissingKeyException;
import dev.korm.spi.backup.BackupContext;
import dev.korm.spi.depot.FileContent;
import dev.korm.wal.backup.chain.ChainReader;
import dev.korm.wal.backup.chain.Link;
import dev.korm.wal.backup.format.BackupVisitor;
import dev.korm.wal.backup.format.ChunkSeal;
import dev.korm.wal.backup.format.LineReader;
import dev.korm.wal.backup.format.Manifest;
import dev.korm.wal.backup.format.Pace;
import dev.korm.wal.backup.format.PartReader;
import dev.korm.wal.backup.format.ReadAhead;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A backup in its depot, to be read, with those that it adds to. Safe for many threads. */
final class StoredBackup {
    /** What stands for a key that the pool did not have when it made the backup. */
    static final String UNKNOWN_KEY = "unknown";

    private static final int PROOF = 8;

    private final BackupFolder folder;
    private final Manifest manifest;
    private final String sha256;

    private StoredBackup(BackupFolder folder, Manifest manifest, String sha256) {
        this.folder = folder;
        this.manifest = manifest;
        this.sha256 = sha256;
    }

    /** @throws BackupException when there is none, or its manifest is damaged */
    static StoredBackup of(BackupFolder folder, String name) {
        byte[] stored = folder.manifest(name);
        return new StoredBackup(folder, Manifest.read(folder.id(name), stored), Manifest.hash(stored));
    }

    /** Returns a backup that is being written: it has no parts yet, and those that it gets can be read. */
    static StoredBackup begun(BackupFolder folder, Manifest manifest) {
        return new StoredBackup(folder, manifest, "");
    }

    /** Returns what an increment that adds to this backup names it by. */
    Manifest.Base asBase() {
        return new Manifest.Base(manifest.name(), sha256);
    }

    /**
     * Returns this backup, the one that it adds to, and so on to the full one.
     *
     * @throws BackupException when one of them is not there, or is another than it was
     */
    List<StoredBackup> chain() {
        List<StoredBackup> chain = new ArrayList<>();
        chain.add(this);
        for (StoredBackup last = this; last.manifest.base().isPresent(); last = chain.get(chain.size() - 1)) {
            chain.add(last.base(last.manifest.base().get()));
        }
        return chain;
    }

    private StoredBackup base(Manifest.Base base) {
        if (!BackupId.isName(base.name())) {
            throw new BackupException(
                    Reason.DAMAGED, "The backup " + id() + " does not name what it adds to; take another backup");
        }
        StoredBackup found;
        try {
            found = of(folder, base.name());
        } catch (BackupException broken) {
            throw new BackupException(
                    broken.reason(),
                    "The backup " + id() + " adds to " + base.name() + ", which "
                            + (broken.reason() == Reason.MISSING ? "is not there" : "cannot be read")
                            + ". Nothing was restored from it; take another backup",
                    broken);
        }
        if (!found.sha256.equals(base.sha256())) {
            throw new BackupException(
                    Reason.DAMAGED,
                    "The backup " + id() + " adds to " + base.name() + ", which is another than it was"
                            + ". Nothing was restored from it; take another backup");
        }
        return found;
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
                manifest.base().map(base -> folder.id(base.name())),
                List.copyOf(manifest.layers().keySet()),
                manifest.items(),
                manifest.files(),
                manifest.bytes(),
                verification(),
                manifest.notes());
    }

    /** Returns how the backup was read back last, as it is now. */
    Optional<Verification> verification() {
        return folder.proof(manifest.name())
                .filter(proof -> !proof.isOfAnother(sha256))
                .map(BackupFolder.Proof::verification);
    }

    /** Returns a text by which a key is known without telling anything about it. */
    static String proof(KeyRing ring, String key, String backup) {
        return HexFormat.of().formatHex(ring.derive(key, "korm.backup.proof:" + backup, PROOF));
    }

    /** @throws BackupException when a key that the backup needs is not in the ring, or is another of the same id */
    void requireKeys(KeyRing ring) {
        chain().forEach(link -> link.requireOwnKeys(ring));
    }

    private void requireOwnKeys(KeyRing ring) {
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
        requireOwnKeys(ring);
        return ChunkSeal.of(ring, manifest.seal().get(), manifest.name());
    }

    /**
     * Tells a visitor everything that is in the backup, and checks each byte on the way. Another thread reads ahead.
     *
     * @throws BackupException when something is not as it was written; the visitor has been told what came before
     */
    void read(BackupContext pool, BackupVisitor visitor) {
        ExecutorService reader = pool.environment().executor("korm-backup-read", 1);
        try {
            ReadAhead.read(reader, ahead -> read(pool.keys(), ahead), visitor);
        } finally {
            reader.shutdownNow();
        }
    }

    /**
     * Tells a visitor, which may take rows as they are stored, everything that is in the backup, and checks each byte on the way. Another thread reads ahead what is not made into values yet.
     *
     * @throws BackupException when something is not as it was written; the visitor has been told what came before
     */
    void hash(BackupContext pool, BackupVisitor visitor) {
        if (manifest.base().isPresent()) {
            read(pool, visitor);
            return;
        }
        ExecutorService reader = pool.environment().executor("korm-backup-read", 1);
        LineReader lines = new LineReader(visitor);
        try {
            ReadAhead.<PartLines>pass(reader, to -> readParts(pool.keys(), to), each -> read(lines, each));
        } finally {
            reader.shutdownNow();
        }
        end(lines);
    }

    /** Lines of a part. */
    private static final class PartLines {
        private final String part;
        private final byte[] lines;

        PartLines(String part, byte[] lines) {
            this.part = part;
            this.lines = lines;
        }
    }

    /** Returns a reader for the parts of this backup, from the first on. */
    PartReader reader(KeyRing ring) {
        return new PartReader(seal(ring));
    }

    /**
     * Reads the next part, as fast as it may be.
     *
     * @throws BackupException when it is not as it was written
     */
    void read(Manifest.Part part, PartReader reader, Pace pace, LineReader to) {
        readPart(
                part,
                in -> reader.read(in, part, lines -> {
                    read(to, new PartLines(part.name(), lines));
                    pace.took(lines.length);
                }));
    }

    /** Returns whether it is what a backup that was being written has become, of these parts. */
    boolean isMadeOf(StoredBackup begun, List<Manifest.Part> parts) {
        return manifest.name().equals(begun.manifest.name())
                && manifest.seal().equals(begun.manifest.seal())
                && manifest.base().isEmpty()
                && manifest.parts().equals(parts);
    }

    private void readParts(KeyRing ring, Consumer<PartLines> to) {
        PartReader reader = reader(ring);
        for (Manifest.Part part : manifest.parts()) {
            readPart(part, in -> reader.read(in, part, lines -> to.accept(new PartLines(part.name(), lines))));
        }
    }

    private void read(LineReader reader, PartLines some) {
        try {
            reader.read(some.lines);
        } catch (IllegalArgumentException damaged) {
            throw damaged(some.part, damaged);
        }
    }

    /** @throws BackupException when the last line is missing */
    void end(LineReader reader) {
        try {
            reader.end();
        } catch (IllegalArgumentException damaged) {
            throw damaged("the last part", damaged);
        }
    }

    private void read(KeyRing ring, BackupVisitor visitor) {
        if (manifest.base().isEmpty()) {
            readOwn(ring, visitor);
            return;
        }
        List<Link> links = new ArrayList<>();
        chain().forEach(link -> links.add(link.asLink(ring)));
        try (ChainReader reader = new ChainReader(links)) {
            reader.read(visitor);
        }
    }

    private Link asLink(KeyRing ring) {
        return new Link() {
            @Override
            public Manifest manifest() {
                return manifest;
            }

            @Override
            public void read(BackupVisitor visitor) {
                try {
                    readOwn(ring, visitor);
                } catch (BackupException bad) {
                    if (bad.reason() == Reason.DAMAGED) {
                        // Whatever needs it does not count any more either.
                        folder.unverified(manifest.name());
                    }
                    throw bad;
                }
            }
        };
    }

    private void readOwn(KeyRing ring, BackupVisitor visitor) {
        LineReader reader = new LineReader(visitor);
        readParts(ring, some -> read(reader, some));
        end(reader);
    }

    private interface Reading {
        void read(InputStream in) throws IOException;
    }

    private void readPart(Manifest.Part part, Reading reading) {
        try (FileContent content = folder.depot().get(folder.file(manifest.name(), part.name()))) {
            reading.read(content.stream());
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

    /** Returns whether the backup was read back as it is now, with what it adds to. Older notes do not tell. */
    boolean wasReadBack() {
        return folder.proof(manifest.name()).filter(proof -> proof.isOf(sha256)).isPresent();
    }

    /**
     * Compares all bytes of the backup, and of those that it adds to, with the manifests, without looking into them: enough where it was read back.
     *
     * @throws BackupException when something is not as it was written
     */
    void requireBytes() {
        chain().forEach(StoredBackup::requireOwnBytes);
    }

    private void requireOwnBytes() {
        for (Manifest.Part part : manifest.parts()) {
            readPart(part, in -> PartReader.check(in, part));
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
