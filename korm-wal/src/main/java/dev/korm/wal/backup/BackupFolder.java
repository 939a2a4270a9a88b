package dev.korm.wal.backup;

import dev.korm.Rn;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupId;
import dev.korm.backup.Verification;
import dev.korm.depot.CorruptFileException;
import dev.korm.depot.FileExistsException;
import dev.korm.depot.MissingFileException;
import dev.korm.spi.backup.BackupContext;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.wal.backup.format.Json;
import dev.korm.wal.backup.format.Manifest;
import dev.korm.wal.backup.format.Members;
import dev.korm.wal.backup.index.BackupIndex;
import dev.korm.wal.backup.index.ListedBackup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a depot in which the backups of one pool are: {@code __korm_backups__:pool-ID:NAME}, with the parts and the manifest of each.
 * Safe for many threads and programs.
 */
final class BackupFolder {
    static final String ROOT = "__korm_backups__";

    private static final String MANIFEST = "manifest.json";
    private static final String VERIFIED = "verified.json";
    private static final String BASE = "base.txt";
    private static final String INDEX = "index.ndjson";
    private static final String RESTORE = "restore.json";
    private static final String JSON = "application/json";

    /** How long something half is left alone, since its program may still be at it. */
    private static final Duration HALF = Duration.ofDays(1);

    private final Depot depot;
    private final String folder;
    private final Instant now;

    private BackupFolder(Depot depot, String folder, Instant now) {
        this.depot = depot;
        this.folder = folder;
        this.now = now;
    }

    /** Returns the place of the pool's own backups. */
    static BackupFolder of(BackupContext pool, String depot) {
        return new BackupFolder(
                pool.depot(depot),
                folder(pool.pool()),
                pool.environment().clock().instant());
    }

    private static String folder(String pool) {
        return "pool-" + pool;
    }

    /** Returns the place where a backup is, of whatever pool it is. */
    static BackupFolder of(BackupContext pool, BackupId id) {
        BackupFolder own = of(pool, id.depot());
        if (own.has(id.name())) {
            return own;
        }
        try (Stream<String> folders = own.depot.folders(Rn.prefix(id.depot(), ROOT))) {
            return folders.filter(name -> name.startsWith(folder("")))
                    .map(name -> new BackupFolder(own.depot, name, own.now))
                    .filter(place -> place.has(id.name()))
                    .findFirst()
                    .orElse(own);
        }
    }

    Depot depot() {
        return depot;
    }

    /** Returns the condition that a file is not there yet, where the depot keeps it; the names of backups are unique in any case. */
    PutCondition absent() {
        return depot.capabilities().has(DepotCapabilities.Conditional.IF_ABSENT)
                ? PutCondition.ABSENT
                : PutCondition.NONE;
    }

    private boolean has(String name) {
        return depot.stat(file(name, MANIFEST)).isPresent();
    }

    Rn<?> file(String backup, String file) {
        return Rn.file(depot.name(), ROOT, folder, backup, file);
    }

    BackupId id(String name) {
        return new BackupId(depot.name(), name);
    }

    /** Returns what one listing shows of each backup, also of those that do not exist yet or any more; the newest first. */
    SortedMap<String, ListedBackup> listing() {
        SortedMap<String, ListedBackup> all = new TreeMap<>(Comparator.reverseOrder());
        try (Stream<FileEntry> files = depot.list(Rn.prefix(depot.name(), ROOT, folder))) {
            files.forEach(entry -> {
                List<String> path = entry.rn().depotParts();
                String name = path.get(path.size() - 2);
                ListedBackup before = all.get(name);
                if (before != null || BackupId.isName(name)) {
                    all.put(name, with(before == null ? ListedBackup.EMPTY : before, entry, path.get(path.size() - 1)));
                }
            });
        }
        return all;
    }

    private static ListedBackup with(ListedBackup listed, FileEntry entry, String file) {
        return switch (file) {
            case MANIFEST -> listed.withManifest(entry);
            case VERIFIED -> listed.withNote(entry);
            default -> listed;
        };
    }

    /** Returns what is known of the backups without reading them; nothing where no index was stored, or a damaged one. */
    BackupIndex index() {
        try {
            return BackupIndex.read(depot.name(), bytes(rn(INDEX)));
        } catch (MissingFileException | CorruptFileException none) {
            return BackupIndex.EMPTY;
        }
    }

    void store(BackupIndex index) {
        put(rn(INDEX), index.write(), PutCondition.NONE);
    }

    private Rn<?> rn(String file) {
        return Rn.file(depot.name(), ROOT, folder, file);
    }

    private List<String> folders() {
        try (Stream<String> folders = depot.folders(Rn.prefix(depot.name(), ROOT, folder))) {
            return folders.filter(BackupId::isName).toList();
        }
    }

    /**
     * Returns the stored manifest of a backup.
     *
     * @throws BackupException when there is none, or it is damaged
     */
    byte[] manifest(String name) {
        try {
            return bytes(file(name, MANIFEST));
        } catch (MissingFileException missing) {
            throw new BackupException(
                    Reason.MISSING,
                    "There is no backup " + id(name) + ": it was deleted, or was never finished. list(\"" + depot.name()
                            + "\") tells which there are",
                    missing);
        } catch (CorruptFileException corrupt) {
            throw new BackupException(
                    Reason.DAMAGED,
                    "The manifest of the backup " + id(name) + " is not as it was written; take another backup",
                    corrupt);
        }
    }

    private byte[] bytes(Rn<?> file) {
        try (FileContent content = depot.get(file)) {
            return content.stream().readAllBytes();
        } catch (IOException failed) {
            throw new UncheckedIOException("Reading " + file + " failed", failed);
        }
    }

    /** Notes that an increment of a backup is being made, which is kept so long. */
    void begin(String name, Manifest.Base base) {
        put(file(name, BASE), base.name().getBytes(StandardCharsets.UTF_8), absent());
    }

    /** Takes back the note that an increment is being made. */
    void begun(String name) {
        depot.delete(file(name, BASE));
    }

    /**
     * Returns the backups that increments are being made of.
     *
     * @param existing what certainly is no increment that is being made
     */
    Set<String> bases(Set<String> existing) {
        Set<String> bases = new HashSet<>();
        for (String name : folders()) {
            if (!existing.contains(name) && !has(name)) {
                try {
                    bases.add(new String(bytes(file(name, BASE)), StandardCharsets.UTF_8));
                } catch (MissingFileException full) {
                    // It is of no other.
                } catch (CorruptFileException half) {
                    // It is not there yet, and its maker looks whether the base is still there when it is done.
                }
            }
        }
        return bases;
    }

    /** Makes a backup exist: the last that is written of it. */
    void publish(Manifest manifest) {
        put(file(manifest.name(), MANIFEST), manifest.write(), absent());
    }

    private void put(Rn<?> file, byte[] bytes, PutCondition condition) {
        PutOptions options = PutOptions.NONE.contentType(JSON).size(bytes.length);
        depot.put(file, new ByteArrayInputStream(bytes), options.when(condition));
    }

    /** Notes that a backup was read back. A full verification stays one. */
    void verified(Manifest.Base backup, Verification verification) {
        Map<String, @Nullable Object> note = new LinkedHashMap<>();
        note.put("depth", verification.depth().name());
        note.put("at", verification.at().toString());
        note.put("manifest", backup.sha256());
        put(file(backup.name(), VERIFIED), Json.text(note).getBytes(StandardCharsets.UTF_8), PutCondition.NONE);
    }

    /** Takes back that a backup was found good. */
    void unverified(String name) {
        depot.delete(file(name, VERIFIED));
    }

    /**
     * The note that a backup was read back.
     *
     * @param manifest the hash of the manifest that it had then; notes of earlier versions do not have it
     */
    record Proof(Verification verification, Optional<String> manifest) {
        /** Returns whether it is certainly about a backup with such a manifest. */
        boolean isOf(String hash) {
            return manifest.filter(hash::equals).isPresent();
        }

        /** Returns whether it says that it is about another backup. */
        boolean isOfAnother(String hash) {
            return manifest.isPresent() && !isOf(hash);
        }
    }

    Optional<Proof> proof(String name) {
        try {
            Members note = Members.of(Json.parse(new String(bytes(file(name, VERIFIED)), StandardCharsets.UTF_8)));
            Verification.Depth depth = Verification.Depth.valueOf(note.text("depth"));
            return Optional.of(
                    new Proof(new Verification(depth, Instant.parse(note.text("at"))), note.maybeText("manifest")));
        } catch (MissingFileException | CorruptFileException none) {
            return Optional.empty();
        } catch (IllegalArgumentException | java.time.DateTimeException malformed) {
            return Optional.empty();
        } catch (tools.jackson.core.JacksonException malformed) {
            return Optional.empty();
        }
    }

    private Rn<?> state() {
        return rn(RESTORE);
    }

    /** Notes that a restore is under way, unless another is. */
    void note(byte[] bytes) {
        if (!depot.capabilities().has(DepotCapabilities.Conditional.IF_ABSENT)
                && depot.stat(state()).isPresent()) {
            throw new FileExistsException(depot.name(), state(), state() + " is there already", null);
        }
        put(state(), bytes, absent());
    }

    Optional<byte[]> noted() {
        try {
            return Optional.of(bytes(state()));
        } catch (MissingFileException none) {
            return Optional.empty();
        }
    }

    void forgetNote() {
        depot.delete(state());
    }

    /** Deletes a backup: first it ceases to exist, then its bytes go. */
    void delete(String name) {
        depot.delete(file(name, MANIFEST));
        deleteFiles(name);
    }

    private void deleteFiles(String name) {
        entries(name).forEach(entry -> depot.delete(entry.rn()));
    }

    private List<FileEntry> entries(String name) {
        try (Stream<FileEntry> files = depot.list(Rn.prefix(depot.name(), ROOT, folder, name))) {
            return new ArrayList<>(files.toList());
        }
    }

    /**
     * Deletes what backups have left that were never finished, when nothing was added to it for a day.
     *
     * @param existing what certainly is a backup, and is not looked at
     */
    void sweep(Set<String> existing) {
        for (String name : folders()) {
            if (!existing.contains(name) && !has(name)) {
                List<FileEntry> left = entries(name);
                boolean old = left.stream()
                        .allMatch(entry -> entry.modified().plus(HALF).isBefore(now));
                if (old && !has(name)) {
                    left.forEach(entry -> depot.delete(entry.rn()));
                }
            }
        }
    }
}
