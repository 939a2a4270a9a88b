package dev.korm.wal.backup;

import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.Verification;
import dev.korm.depot.DepotException;
import dev.korm.file.Progress;
import dev.korm.key.MissingKeyException;
import dev.korm.spi.RowCursor;
import dev.korm.spi.backup.BackupContext;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import dev.korm.wal.backup.chain.PriorState;
import dev.korm.wal.backup.format.ChunkSeal;
import dev.korm.wal.backup.format.Manifest;
import dev.korm.wal.backup.format.Pace;
import dev.korm.wal.backup.format.PartWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The making of a backup: the cut, the parts, the manifest. For one thread. */
final class BackupRun {
    /** How long the snapshots of a cut are kept at the most. */
    private static final Duration LONGEST = Duration.ofHours(24);

    /** How long is waited for those who write and read back, where they were stopped. */
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private static final int WORKERS = 2;
    private static final int SALT = 32;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final BackupContext pool;
    private final BackupFolder folder;
    private final BackupInfo.Kind kind;
    private final BackupOptions options;
    private Optional<Manifest.Base> base = Optional.empty();
    private @Nullable PriorState prior;
    private Optional<String> note = Optional.empty();

    BackupRun(BackupContext pool, BackupFolder folder, BackupInfo.Kind kind, BackupOptions options) {
        this.pool = pool;
        this.folder = folder;
        this.kind = kind;
        this.options = options;
    }

    /** Has only that stored which is not in a backup as it is now. */
    BackupRun addingTo(StoredBackup base, PriorState state) {
        this.base = Optional.of(base.asBase());
        this.prior = state;
        return this;
    }

    /** Has the backup say something. */
    BackupRun noting(String note) {
        this.note = Optional.of(note);
        return this;
    }

    /** Returns a name for a backup, which no other has. */
    static String name(Instant cut, Environment environment) {
        return STAMP.format(cut) + "-"
                + HexFormat.of().toHexDigits(environment.random().nextInt());
    }

    /** Returns the time in a backup's name. */
    static Instant time(String name) {
        return STAMP.parse(name.substring(0, name.indexOf('-')), Instant::from);
    }

    /** Returns the backup, which was read back to a depth. */
    StoredBackup make(Verification.Depth depth) {
        return make(depth, Optional.empty());
    }

    /** Returns the backup of what was there at an earlier moment, which was read back to a depth. */
    StoredBackup make(Verification.Depth depth, Instant earlier) {
        return make(depth, Optional.of(earlier));
    }

    private StoredBackup make(Verification.Depth depth, Optional<Instant> earlier) {
        return with(workers -> {
            Written written = write(earlier, workers, depth == Verification.Depth.QUICK);
            new VerifyRun(pool, written.backup(), written.readBack()).verify(depth, Progress.NONE);
            return written.backup();
        });
    }

    /** Returns the backup, which exists and was not read back yet. */
    StoredBackup write() {
        return with(workers -> write(Optional.empty(), workers, false).backup());
    }

    private <T> T with(Function<ExecutorService, T> work) {
        ExecutorService workers = pool.environment().executor("korm-backup", WORKERS);
        boolean done = false;
        try {
            T made = work.apply(workers);
            done = true;
            return made;
        } finally {
            workers.shutdownNow();
            if (!done) {
                awaitEnd(workers);
            }
        }
    }

    /** Waits until what was abandoned has closed what it had open. */
    private static void awaitEnd(ExecutorService workers) {
        boolean interrupted = Thread.interrupted();
        try {
            workers.awaitTermination(LONGEST_END.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException again) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * A backup that exists.
     *
     * @param readBack what was read back of it meanwhile; null where nothing was
     */
    private record Written(StoredBackup backup, @Nullable ReadBack readBack) {}

    private Written write(Optional<Instant> earlier, ExecutorService workers, boolean readsBack) {
        try (Scheduler deadlines = pool.environment().scheduler("korm-backup-deadline");
                Cut cut = Cut.of(pool, LONGEST, deadlines)) {
            earlier.ifPresent(moment -> cut.goBack(pool, moment));
            return write(cut, workers, earlier.map(moment -> cut.then()), readsBack);
        }
    }

    private Written write(Cut cut, ExecutorService workers, Optional<Instant> then, boolean readsBack) {
        List<String> notes = notes(cut);
        // Behind the cut, so that what it saw was not half restored when no restore is noted now.
        if (kind != BackupInfo.Kind.SAFETY) {
            RestoreState.anywhere(pool, folder, notes::add).ifPresent(noted -> {
                throw RestoreState.notBackedUp(folder, noted);
            });
        }
        String name = name(cut.at(), pool.environment());
        List<PoolLines.Table> tables = tables(cut, notes);
        Optional<Manifest.Seal> seal = options.sealing() == BackupOptions.Sealing.WHOLE
                ? Optional.of(new Manifest.Seal(pool.keys().currentId(), salt()))
                : Optional.empty();
        PoolLines.Files files = options.files() == BackupOptions.Files.INCLUDED
                ? new PoolLines.Files(
                        depots(then), then.isEmpty() && options.history() == BackupOptions.History.INCLUDED, prior)
                : null;
        @Nullable ReadBack readBack = readsBack ? readBack(cut, workers, name, seal) : null;
        List<Manifest.Part> parts = new ArrayList<>();
        try (PoolLines lines = new PoolLines(tables, files, prior, options.progress(), total(tables))) {
            base.ifPresent(on -> folder.begin(name, on));
            @Nullable ChunkSeal sealing = seal.isEmpty() ? null : ChunkSeal.of(pool.keys(), seal.get(), name);
            PartWriter writer = new PartWriter(lines, workers, sealing, pace());
            while (writer.hasNext()) {
                String part = String.format(
                        Locale.ROOT, "part-%05d.%s", parts.size() + 1, sealing == null ? "ndjson.gz" : "sealed");
                PartWriter.Part bytes = writer.next();
                folder.depot().put(folder.file(name, part), bytes, PutOptions.NONE.when(folder.absent()));
                parts.add(new Manifest.Part(part, bytes.size(), bytes.sha256()));
                if (readBack != null) {
                    readBack.add(parts.get(parts.size() - 1));
                }
            }
            folder.publish(new Manifest(
                    name,
                    pool.pool(),
                    cut.then(),
                    kind,
                    base,
                    types(),
                    lines.hashes(),
                    lines.fileCount(),
                    parts,
                    keys(lines, seal, name),
                    seal,
                    notes));
        } catch (RuntimeException | Error failed) {
            try {
                folder.delete(name);
            } catch (DepotException left) {
                // It does not exist without its manifest, and is swept later.
                failed.addSuppressed(left);
            }
            throw failed;
        }
        StoredBackup made = StoredBackup.of(folder, name);
        if (base.isPresent()) {
            folder.begun(name);
        }
        return new Written(made, readBack);
    }

    /** Returns a reading back of the parts that are still to be written. */
    private ReadBack readBack(Cut cut, ExecutorService workers, String name, Optional<Manifest.Seal> seal) {
        StoredBackup begun = StoredBackup.begun(
                folder,
                new Manifest(
                        name,
                        pool.pool(),
                        cut.then(),
                        kind,
                        Optional.empty(),
                        types(),
                        List.of(),
                        Optional.empty(),
                        List.of(),
                        Map.of(),
                        seal,
                        List.of()));
        return new ReadBack(begun, begun.reader(pool.keys()), workers, pace());
    }

    private Pace pace() {
        return new Pace(pool.environment(), options.maxRate());
    }

    private List<Depot> depots(Optional<Instant> then) {
        return pool.depots().stream()
                .map(name -> then.map(moment -> pool.depotAsOf(name, moment).orElseThrow())
                        .orElseGet(() -> pool.depot(name)))
                .toList();
    }

    private String salt() {
        byte[] salt = new byte[SALT];
        pool.environment().random().nextBytes(salt);
        return HexFormat.of().formatHex(salt);
    }

    private Map<String, String> types() {
        Map<String, String> types = new LinkedHashMap<>();
        pool.layers().forEach(layer -> types.put(layer, pool.type(layer)));
        return types;
    }

    private List<String> notes(Cut cut) {
        List<String> notes = new ArrayList<>();
        note.ifPresent(notes::add);
        cut.parts().forEach((name, part) -> {
            if (!part.isOneMoment()) {
                notes.add("The layer \"" + name + "\" keeps no snapshots, so its tables were read one after the other");
            }
        });
        notes.addAll(cut.notes());
        Set<String> quarantined = pool.quarantined();
        if (!quarantined.isEmpty()) {
            notes.add(
                    quarantined.size() + " changes of several layers were in quarantine, so the layers differ by them");
        }
        return notes;
    }

    private List<PoolLines.Table> tables(Cut cut, List<String> notes) {
        List<PoolLines.Table> tables = new ArrayList<>();
        cut.parts().forEach((layer, part) -> {
            for (TableSchema table : part.tables()) {
                boolean history = table.table().equals(OwnTables.HISTORY);
                if (!history
                        || (options.history() == BackupOptions.History.INCLUDED && kind != BackupInfo.Kind.AS_OF)) {
                    tables.add(PoolLines.table(layer, part, table, notes));
                }
            }
        });
        return tables;
    }

    private long total(List<PoolLines.Table> tables) {
        if (options.progress() == Progress.NONE) {
            return Progress.UNKNOWN;
        }
        long total = 0;
        for (PoolLines.Table table : tables) {
            TableName name = table.stored().name();
            Selection count = new Selection(
                    name,
                    List.of(),
                    List.of(new Output.Count()),
                    Condition.ALWAYS,
                    List.of(),
                    List.of(),
                    OptionalLong.empty());
            try (RowCursor rows = table.part().select(count)) {
                total += rows.next() && rows.get(0) instanceof Number number ? number.longValue() : 0;
            }
        }
        return total;
    }

    private Map<String, String> keys(PoolLines lines, Optional<Manifest.Seal> seal, String name) {
        Map<String, String> keys = new LinkedHashMap<>();
        seal.ifPresent(by -> lines.keys().add(by.key()));
        for (String key : lines.keys()) {
            try {
                keys.put(key, StoredBackup.proof(pool.keys(), key, name));
            } catch (MissingKeyException | dev.korm.ConfigurationException missing) {
                keys.put(key, StoredBackup.UNKNOWN_KEY);
            }
        }
        return keys;
    }
}
