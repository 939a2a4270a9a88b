package dev.korm.wal.backup;

import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.RestoreOptions.Mode;
import dev.korm.backup.RestoreOptions.Origin;
import dev.korm.backup.RestoreReport;
import dev.korm.backup.Verification.Depth;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockTimeoutException;
import dev.korm.spi.Layer;
import dev.korm.spi.backup.BackupContext;
import dev.korm.spi.backup.Exclusion;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.wal.backup.format.BackupVisitor;
import dev.korm.wal.backup.format.Manifest;
import dev.korm.wal.backup.format.StoredFile;
import dev.korm.wal.backup.format.StoredTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The restore of a backup. For one thread.
 *
 * <p><b>Order.</b> Everything that can be refused is refused first: the pool, the layers, the keys, the depots, every byte. Then others are kept out, and a safety copy is
 * made and verified, and the depot notes that a restore is under way. Then tables are made, rows that are not as in the backup are
 * deleted, rows that are missing are inserted, and files are stored. What was written is compared with the backup, and
 * the note goes.
 *
 * <p>Whatever fails behind the note is undone from the safety copy, except that others are not kept out any more. Where the program ends before that, the note stays, and says so to the next.
 */
final class RestoreRun {
    private final BackupContext pool;
    private final StoredBackup backup;
    private final RestoreOptions options;
    private final Set<String> freshTables = new HashSet<>();
    private final Set<String> freshLayers = new HashSet<>();
    private final List<String> notes = new ArrayList<>();

    RestoreRun(BackupContext pool, StoredBackup backup, RestoreOptions options) {
        this.pool = pool;
        this.backup = backup;
        this.options = options;
    }

    RestoreReport restore() {
        requireFitting();
        new VerifyRun(pool, backup).require();
        BackupFolder own = BackupFolder.of(pool, backup.id().depot());
        requireNone(own);
        try (Exclusion exclusion = exclude()) {
            return restore(own, exclusion);
        }
    }

    private static void requireNone(BackupFolder own) {
        if (own.noted().isPresent()) {
            throw RestoreState.unfinished(own, null);
        }
    }

    private Exclusion exclude() {
        try {
            return pool.exclude(options.patience());
        } catch (LockTimeoutException taken) {
            throw locked(taken);
        }
    }

    private BackupException locked(LockTimeoutException taken) {
        return new BackupException(
                Reason.LOCKED,
                "The backup " + backup.id()
                        + " is not restored, and nothing was changed, since others are at work, who had not ended within "
                        + options.patience() + ": the lock of " + taken.lock() + " is held by " + taken.holder()
                        + ". Have them end, or wait longer with RestoreOptions.patience(…); `korm locks` lists the locks, and frees those of programs that are gone",
                taken);
    }

    private RestoreReport restore(BackupFolder own, Exclusion exclusion) {
        // Another one may have ended, or been cut off, while it was waited for. None is under way now, whichever depot
        // notes it.
        Set<String> away = new LinkedHashSet<>();
        RestoreState.anywhere(pool, own, away::add).ifPresent(noted -> {
            throw RestoreState.unfinished(noted, null);
        });
        notes.addAll(away);
        BackupOptions copying =
                backup.manifest().files().isPresent() ? BackupOptions.defaults().withFiles() : BackupOptions.defaults();
        if (backup.manifest().seal().isPresent()) {
            copying = copying.sealed();
        }
        StoredBackup safety = new BackupRun(pool, own, BackupInfo.Kind.SAFETY, copying).make(Depth.QUICK);
        try {
            exclusion.requireNobody();
        } catch (LockTimeoutException taken) {
            throw locked(taken);
        }
        RestoreState state = RestoreState.begin(
                own, backup, safety, options, pool.environment().clock().instant());
        try {
            RestoreReport report = apply(state, exclusion);
            own.forgetNote();
            return report;
        } catch (LockLostException stopped) {
            // Another restore may have begun, so this one undoes nothing either.
            throw new BackupException(
                    Reason.UNFINISHED_RESTORE,
                    "The backup " + backup.id()
                            + " was restored in part, and then others were not kept out any more, as when the program was stopped for longer than its lease. What was there before is in "
                            + safety.id() + ". Settle what unfinishedRestore(…) tells, unless somebody has done so",
                    stopped);
        } catch (RuntimeException | Error failed) {
            throw undone(own, safety, state, exclusion, failed);
        }
    }

    private RuntimeException undone(
            BackupFolder own, StoredBackup safety, RestoreState state, Exclusion exclusion, Throwable failed) {
        // What interrupted the restore must not keep it from being undone.
        boolean interrupted = Thread.interrupted();
        try {
            new RestoreRun(pool, safety, RestoreOptions.replace().fromAnyPool()).apply(state, exclusion);
            own.forgetNote();
        } catch (RuntimeException | Error alsoFailed) {
            failed.addSuppressed(alsoFailed);
            return new BackupException(
                    Reason.UNFINISHED_RESTORE,
                    "The backup " + backup.id()
                            + " was restored in part, and undoing that failed too. What was there before is in "
                            + safety.id() + "; look after the layers, then settle what unfinishedRestore(…) tells",
                    failed);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return new BackupException(
                Reason.FAILED,
                "The backup " + backup.id() + " could not be restored, and everything is again as it was before"
                        + "; the cause says why",
                failed);
    }

    /** Ends a restore that was cut off. */
    RestoreReport settle(RestoreState state) {
        requireFitting();
        new VerifyRun(pool, backup).require();
        BackupFolder folder = BackupFolder.of(pool, state.told().backup().depot());
        try (Exclusion exclusion = exclude()) {
            // Who was at it may have ended it while it was waited for.
            if (RestoreState.read(folder)
                    .filter(found -> found.told().equals(state.told()))
                    .isEmpty()) {
                throw RestoreState.settled(folder);
            }
            RestoreReport report = apply(state, exclusion);
            folder.forgetNote();
            return report;
        }
    }

    private String target(String layer) {
        return options.layers().getOrDefault(layer, layer);
    }

    private void requireFitting() {
        Manifest manifest = backup.manifest();
        if (options.origin() == Origin.SAME_POOL && !manifest.pool().equals(pool.pool())) {
            throw new BackupException(
                    Reason.FOREIGN,
                    "The backup " + backup.id() + " is of the pool " + manifest.pool() + ", and this is " + pool.pool()
                            + ". To restore it here all the same, say so with fromAnyPool()");
        }
        Set<String> missing = new TreeSet<>();
        Set<String> targets = new HashSet<>();
        for (Manifest.Table table : manifest.tables()) {
            if (!pool.layers().contains(target(table.layer()))) {
                missing.add(table.layer());
            }
        }
        manifest.layers().keySet().forEach(layer -> {
            if (!targets.add(target(layer))) {
                throw new BackupException(
                        Reason.FOREIGN,
                        "Two layers of the backup " + backup.id() + " would be restored into \"" + target(layer)
                                + "\"; give each one a layer of its own");
            }
        });
        if (!missing.isEmpty()) {
            throw new BackupException(
                    Reason.FOREIGN,
                    "The backup " + backup.id() + " has the layers " + String.join(", ", missing)
                            + ", which the pool has not; it has " + String.join(", ", pool.layers())
                            + ". Say with layer(…) which one is meant");
        }
        backup.requireKeys(pool.keys());
    }

    private RestoreReport apply(RestoreState state, Exclusion exclusion) {
        Counts counts = new Counts();
        prepare(counts, exclusion);
        long rows = backup.manifest().tables().stream()
                .mapToLong(Manifest.Table::rows)
                .sum();
        List<TableRestore> first = new ArrayList<>();
        boolean comparing = options.mode() == Mode.REPLACE && isAnythingThere();
        long compared = comparing ? rows : 0;
        if (comparing) {
            backup.read(pool, new Pass(exclusion, rows * 2, 0, first, TableRestore::compare, TableRestore::endCompare));
            first.forEach(table -> counts.add(table.stored().name(), 0, 0, table.deleted()));
        }
        List<TableRestore> second = new ArrayList<>();
        Pass inserting =
                new Pass(exclusion, rows + compared, compared, second, TableRestore::insert, TableRestore::endInsert);
        FileRestore files = new FileRestore(pool, options.mode(), exclusion);
        try (files) {
            inserting.files = files;
            backup.read(pool, inserting);
        } finally {
            second.forEach(TableRestore::close);
        }
        for (TableRestore table : second) {
            counts.add(table.stored().name(), table.created(), table.kept() + table.skipped(), 0);
            if (table.skipped() > 0) {
                notes.add(table.skipped() + " rows of " + table.stored().name()
                        + " were left out, since a unique value of theirs is taken");
            }
        }
        check();
        exclusion.require();
        notes.addAll(backup.manifest().notes());
        notes.addAll(files.notes());
        options.progress().at(rows + compared, rows + compared);
        BackupId safety = state.told().safety();
        return new RestoreReport(
                backup.id(), safety, counts.created, counts.kept, counts.deleted, files.written(), notes);
    }

    private static final class Counts {
        private long created;
        private long kept;
        private long deleted;

        void add(TableName table, long more, long same, long fewer) {
            if (table.isItems()) {
                created += more;
                kept += same;
                deleted += fewer;
            }
        }
    }

    /** Notes which tables are there, and empties those that the backup does not have. */
    private void prepare(Counts counts, Exclusion exclusion) {
        Map<String, Set<String>> wanted = new LinkedHashMap<>();
        backup.manifest().layers().keySet().forEach(layer -> wanted.put(layer, new HashSet<>()));
        backup.manifest().tables().forEach(table -> wanted.computeIfAbsent(table.layer(), any -> new HashSet<>())
                .add(table.name()));
        wanted.forEach((layer, tables) -> {
            String name = target(layer);
            if (!pool.layers().contains(name)) {
                return;
            }
            Layer store = pool.store(name);
            List<TableName> there = store.tables();
            if (there.isEmpty()) {
                freshLayers.add(name);
            }
            for (String table : tables) {
                if (TableName.isItems(table)
                        && there.stream().noneMatch(one -> one.text().equals(table))) {
                    freshTables.add(name + "/" + table);
                }
            }
            if (options.mode() == Mode.REPLACE) {
                for (TableName table : there) {
                    if (!tables.contains(table.text())) {
                        long gone = TableRestore.clear(
                                store,
                                exclusion.held(pool.recorded(name)),
                                table,
                                pool.environment().revisions());
                        counts.add(table, 0, 0, gone);
                    }
                }
            }
        });
    }

    /** Returns whether a table of the backup has rows now, which have to be compared with those of the backup. */
    private boolean isAnythingThere() {
        for (Manifest.Table table : backup.manifest().tables()) {
            Layer store = pool.store(target(table.layer()));
            Optional<TableName> own = OwnTables.ALL.stream()
                    .filter(each -> each.text().equals(table.name()))
                    .findFirst();
            boolean compared = !own.equals(Optional.of(OwnTables.POOL));
            if (compared && TableRestore.hasRows(store, own.orElse(new TableName(table.name(), TableName.ID)))) {
                return true;
            }
        }
        return false;
    }

    /** One reading of the backup. */
    private final class Pass implements BackupVisitor {
        private final Exclusion exclusion;
        private final long total;
        private final List<TableRestore> tables;
        private final java.util.function.BiConsumer<TableRestore, @Nullable Object[]> onRow;
        private final java.util.function.Consumer<TableRestore> onEnd;
        private long done;
        private @Nullable TableRestore table;
        private boolean passedOver;
        private @Nullable FileRestore files;

        Pass(
                Exclusion exclusion,
                long total,
                long done,
                List<TableRestore> tables,
                java.util.function.BiConsumer<TableRestore, @Nullable Object[]> onRow,
                java.util.function.Consumer<TableRestore> onEnd) {
            this.exclusion = exclusion;
            this.total = total;
            this.done = done;
            this.tables = tables;
            this.onRow = onRow;
            this.onEnd = onEnd;
        }

        @Override
        public void table(StoredTable begun) {
            passedOver = begun.name().equals(OwnTables.POOL);
            if (!passedOver) {
                table = begin(begun, exclusion);
                tables.add(table);
            }
        }

        @Override
        public void row(@Nullable Object[] values) {
            if (table != null) {
                onRow.accept(table, values);
            }
            if ((++done & 0x3ff) == 0) {
                options.progress().at(done, total);
            }
        }

        @Override
        public void file(StoredFile file) {
            if (files != null) {
                files.begin(file);
            }
        }

        @Override
        public void bytes(byte[] bytes) {
            if (files != null) {
                files.bytes(bytes);
            }
        }

        @Override
        public void end() {
            if (table != null) {
                onEnd.accept(table);
                if (files != null) {
                    finish(table);
                }
                table = null;
            } else if (!passedOver && files != null) {
                files.end();
            }
            passedOver = false;
        }
    }

    private TableRestore begin(StoredTable stored, Exclusion exclusion) {
        exclusion.require();
        String name = target(stored.layer());
        Layer store = pool.store(name);
        boolean fresh = freshTables.contains(name + "/" + stored.name().text());
        boolean own = !stored.name().isItems();
        store.evolve(Restored.withColumns(stored), replaced(store, stored));
        if (!fresh) {
            store.evolve(Restored.withIndexes(stored), Set.of());
        }
        pool.forget(name, stored.name());
        // Versions are only added to, but where there is nothing yet: what happened since stays known.
        boolean history = stored.name().equals(OwnTables.HISTORY);
        boolean keepsRows = options.mode() == Mode.MERGE || (history && !freshLayers.contains(name));
        return new TableRestore(
                store,
                exclusion.held(own || fresh ? store : pool.recorded(name)),
                stored,
                fresh,
                pool.environment().revisions(),
                keepsRows);
    }

    /** Returns the columns that have another kind than in the backup, which are made anew where all is replaced. */
    private Set<String> replaced(Layer store, StoredTable stored) {
        Set<String> replaced = new HashSet<>();
        TableSchema there = store.describe(stored.name()).orElse(null);
        if (there != null) {
            for (ColumnSchema column : stored.schema().columns()) {
                there.column(column.name())
                        .filter(other -> other.kind() != column.kind())
                        .ifPresent(other -> replaced.add(column.name()));
            }
        }
        if (!replaced.isEmpty() && options.mode() == Mode.MERGE) {
            throw new BackupException(
                    Reason.FAILED,
                    "The columns " + String.join(", ", new TreeSet<>(replaced)) + " of " + stored.name()
                            + " have other types in the pool than in the backup " + backup.id()
                            + ", so they cannot be merged; restore with replace()");
        }
        return replaced;
    }

    private void finish(TableRestore table) {
        String name = target(table.stored().layer());
        pool.store(name).evolve(Restored.withIndexes(table.stored()), Set.of());
        pool.forget(name, table.stored().name());
    }

    /** Compares what is there now with the backup. */
    private void check() {
        if (options.mode() != Mode.REPLACE) {
            return;
        }
        for (Manifest.Table table : backup.manifest().tables()) {
            if (TableName.isItems(table.name())) {
                Layer store = pool.store(target(table.layer()));
                TableSchema there = store.describe(new TableName(table.name(), TableName.ID))
                        .orElseThrow();
                if (!ScratchPool.hash(pool.environment(), store, there)
                        .content()
                        .equals(table.content())) {
                    throw new BackupException(
                            Reason.FAILED,
                            "After the restore " + table.name() + " in the layer \"" + store.name()
                                    + "\" did not have the rows of the backup: somebody writes to it meanwhile, or the layer does not keep"
                                    + " values as they are. Stop the programs that write, and try again");
                }
            }
        }
    }
}
