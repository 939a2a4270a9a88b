package dev.korm.engine.reset;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Pool;
import dev.korm.backup.BackupStatus;
import dev.korm.danger.Reset;
import dev.korm.danger.ResetException;
import dev.korm.danger.ResetMode;
import dev.korm.engine.item.PoolContext;
import dev.korm.recovery.RecoveryReport;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A reset of an open pool. For one thread.
 *
 * <p>It sees other programs by the locks that they hold in a layer, by backups that they make, and by what they change between the plan and its run. Who does none of these is not seen.
 */
public final class PlannedReset implements Reset {
    private final Pool pool;
    private final PoolContext context;
    private final Function<String, Layer> stores;
    private final Supplier<List<BackupStatus>> schedules;
    private final ResetMode mode;
    private final List<ResetTables> layers = new ArrayList<>();
    private final ResetFiles files;
    private final List<Table> tables;
    private final List<Folder> folders;

    /**
     * Looks at what would go.
     *
     * @param stores the stores of layers as they were opened
     * @param schedules gives the state of the pool's schedules
     */
    public PlannedReset(
            Pool pool,
            PoolContext context,
            Function<String, Layer> stores,
            Supplier<List<BackupStatus>> schedules,
            ResetMode mode) {
        this.pool = pool;
        this.context = context;
        this.stores = stores;
        this.schedules = schedules;
        this.mode = mode;
        for (String layer : context.layers().names()) {
            layers.add(new ResetTables(layer, stores.apply(layer), mode));
        }
        this.files = new ResetFiles(context, mode);
        this.tables = layers.stream().flatMap(layer -> layer.found().stream()).toList();
        this.folders = files.found();
    }

    @Override
    public ResetMode mode() {
        return mode;
    }

    @Override
    public List<Table> tables() {
        return tables;
    }

    @Override
    public List<Folder> folders() {
        return folders;
    }

    @Override
    public String confirmation() {
        return "reset " + mode.word() + " of the pool " + pool.id() + ": " + tables.size() + " tables with "
                + tables.stream().mapToLong(Table::rows).sum() + " rows, "
                + folders.stream().mapToLong(Folder::files).sum() + " files with "
                + folders.stream().mapToLong(Folder::bytes).sum() + " bytes";
    }

    @Override
    public void run(String confirmation) {
        requireNonNull(confirmation, "confirmation");
        context.lifecycle().requireOpen();
        if (!confirmation.equals(confirmation())) {
            throw new ResetException(
                    "The pool was not reset, since the confirmation is not that of the plan. Look at what would go,"
                            + " and give run(…) the text of confirmation()");
        }
        requireAlone();
        PlannedReset now = new PlannedReset(pool, context, stores, schedules, mode);
        if (!now.tables.equals(tables) || !now.withoutJournal().equals(withoutJournal())) {
            throw new ResetException(
                    "The pool was not reset, since other things would go by now than when it was planned: it would be to "
                            + now.confirmation() + ". Somebody writes to the pool; stop that, and plan anew");
        }
        try {
            files.delete();
            // In all layers the rest goes before the metadata does in any.
            tables.stream().filter(table -> !ResetTables.isMeta(table)).forEach(this::drop);
            tables.stream().filter(ResetTables::isMeta).forEach(this::drop);
        } finally {
            pool.close();
        }
    }

    private List<Folder> withoutJournal() {
        return folders.stream().filter(folder -> !ResetFiles.isJournal(folder)).toList();
    }

    private void drop(Table table) {
        layers.stream().filter(layer -> layer.layer().equals(table.layer())).forEach(layer -> layer.drop(table.name()));
    }

    /** Refuses while somebody else is seen to use the pool, or what was left undone would be lost. */
    private void requireAlone() {
        for (ResetTables layer : layers) {
            Layer store = layer.store();
            if (store.capabilities().access() == Capabilities.Access.READ_ONLY && mode != ResetMode.DEPOTS) {
                throw new ResetException("The pool was not reset, since its layer \"" + layer.layer()
                        + "\" takes no changes; open it without readOnly()");
            }
            if (store.capabilities().has(Capabilities.Feature.FENCES)
                    && store.describe(ResetTables.LOCKS).isPresent()) {
                requireNoLock(layer);
            }
        }
        for (BackupStatus schedule : schedules.get()) {
            if (schedule.running()) {
                throw new ResetException("The pool was not reset, since a backup of its layer \"" + schedule.layer()
                        + "\" is being made; wait for its end");
            }
        }
        RecoveryReport report = pool.recovery().retry();
        if (report.unreachable() > 0 || !pool.recovery().quarantined().isEmpty()) {
            throw new ResetException(
                    "The pool was not reset, since its journal has changes that were decided and are not in all"
                            + " layers; settle them by recovery() first");
        }
    }

    private static void requireNoLock(ResetTables layer) {
        Operand owner = new Operand.Column(0, "owner", ColumnKind.TEXT);
        Operand expires = new Operand.Column(0, "expires_at", ColumnKind.INTEGER);
        Selection held = new Selection(
                ResetTables.LOCKS,
                List.of(),
                List.of(new Output.Value(owner), new Output.Value(expires)),
                new Condition.Compare(
                        expires,
                        Condition.Comparison.GREATER,
                        layer.store().time().toEpochMilli()),
                List.of(),
                List.of(),
                OptionalLong.of(1));
        try (RowCursor row = layer.store().select(held)) {
            if (row.next()) {
                throw new ResetException(
                        "The pool was not reset, since \"" + row.get(0) + "\" holds a lock in the layer \""
                                + layer.layer() + "\". Stop that program, or wait until its lease is over");
            }
        }
    }
}
