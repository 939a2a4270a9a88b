package dev.korm.kalam.layer;

import dev.korm.ClosedException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.kalam.layer.feed.Following;
import dev.korm.kalam.layer.ledger.Head;
import dev.korm.kalam.layer.ledger.Ledger;
import dev.korm.kalam.layer.ledger.RowData;
import dev.korm.kalam.layer.ledger.RowKey;
import dev.korm.kalam.layer.ledger.RowWrite;
import dev.korm.kalam.layer.ledger.StoredSchema;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StorePlan;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.evaluate.Parameters;
import dev.korm.spi.limit.EvaluationTime;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A namespace of KalamDB as a layer, at work. */
final class OpenKalamLayer implements Layer {
    private static final long LONGEST_WAIT = 30;
    private static final int MAY_ASSUME = 20;
    private static final int DROPPED_AT_ONCE = 2_000;

    private final String name;
    private final Ledger ledger;
    private final Following following;
    private final Capabilities capabilities;
    private final Environment environment;
    private final Runnable closing;
    /** Of the commits of one program, one is under way; those of others meet in the ledger. */
    private final Semaphore committing = new Semaphore(1, true);

    private final Set<HeldBatch> held = ConcurrentHashMap.newKeySet();

    private volatile Duration longest = Duration.ZERO;
    private volatile boolean closed;

    OpenKalamLayer(String name, Ledger ledger, Capabilities capabilities, Environment environment, Runnable closing) {
        this.name = name;
        this.ledger = ledger;
        this.following = new Following(name, ledger);
        this.capabilities = capabilities;
        this.environment = environment;
        this.closing = closing;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public List<TableName> tables() {
        requireReady();
        return ledger.refresh().tables().values().stream()
                .map(table -> table.schema().table())
                .filter(TableName::isItems)
                .toList();
    }

    @Override
    public List<TableName> tables(String column) {
        requireReady();
        return ledger.refresh().tables().values().stream()
                .filter(table -> table.has(column) && table.schema().table().isItems())
                .map(table -> table.schema().table())
                .toList();
    }

    @Override
    public Optional<TableSchema> describe(TableName table) {
        requireReady();
        return Optional.ofNullable(ledger.refresh().tables().get(table.text())).map(StoredSchema::schema);
    }

    @Override
    public TableSchema evolve(TableSchema wanted, Set<String> replace) {
        requireReady();
        Head now = ledger.refresh();
        Evolution looked = new Evolution(name, ledger, now, wanted, replace);
        if (looked.isNone()) {
            return looked.schema();
        }
        requireWritable("change the table " + wanted.table());
        return alone(() -> attempting("change the table " + wanted.table(), attempt -> {
            Head at = attempt == 0 && now.pending() == null ? now : refreshed();
            if (at == null) {
                return null;
            }
            Evolution evolution = new Evolution(name, ledger, at, wanted, replace);
            if (evolution.isNone()) {
                return evolution.schema();
            }
            List<RowWrite> writes = evolution.writes();
            return ledger.append(at, writes, List.of(), List.of()) == Ledger.Appended.STORED
                    ? evolution.schema()
                    : null;
        }));
    }

    /** Deletes the rows, some thousands at a time, and then the table. */
    @Override
    public boolean drop(TableName table) {
        requireReady();
        requireWritable("drop the table " + table);
        Mutation some = new Mutation.DeleteSelected(new Selection(
                table, List.of(), List.of(), Condition.ALWAYS, List.of(), List.of(), OptionalLong.of(DROPPED_AT_ONCE)));
        while (ledger.refresh().tables().containsKey(table.text())) {
            if (!(apply(Batch.of(List.of(some))) instanceof BatchResult.Applied applied)) {
                throw busy("drop the table " + table);
            }
            if (applied.rows().get(0) == 0) {
                alone(() -> attempting("drop the table " + table, attempt -> {
                    Head at = refreshed();
                    if (at == null) {
                        return null;
                    }
                    if (ledger.rows(at, table.text()).hasNext()) {
                        return true;
                    }
                    List<RowWrite> none = List.of(StoredSchema.none(table));
                    return ledger.append(at, none, Following.dropped(at, table), List.of()) == Ledger.Appended.STORED
                            ? true
                            : null;
                }));
            }
        }
        return true;
    }

    @Override
    public RowCursor select(Selection selection) {
        requireReady();
        EvaluationTime time = EvaluationTime.of(name, selection.from(), longest, environment::nanoTime);
        Optional<List<String>> ids = KeyCondition.ids(selection.where());
        if (ids.isEmpty()) {
            return cursor(new LayerQuery(name, ledger, ledger.refresh(), Map.of()), selection, time);
        }
        List<RowKey> keys = new ArrayList<>();
        ids.get().forEach(id -> keys.add(new RowKey(selection.from().text(), id)));
        Ledger.Reading reading = ledger.read(keys);
        Map<RowKey, Optional<RowData>> found = new HashMap<>();
        keys.forEach(key -> found.put(key, Optional.ofNullable(reading.rows().get(key))));
        return cursor(new LayerQuery(name, ledger, reading.at(), found), selection, time);
    }

    private RowCursor cursor(LayerQuery query, Selection selection, EvaluationTime time) {
        Iterator<Row> rows = time.counted(() -> query.answer(selection, time).iterator());
        return time.over(new KalamCursor(name, () -> closed, rows));
    }

    @Override
    public void limitStatements(Duration limit) {
        longest = limit;
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        requireOpen();
        return constants -> select(Parameters.bind(selection, constants));
    }

    @Override
    public StorePlan explain(Selection selection) {
        requireReady();
        int constants = SelectionCheck.check(selection, ledger.refresh().tables());
        boolean byId = KeyCondition.ids(selection.where()).isPresent();
        return new StorePlan(
                byId ? "rows of " + selection.from() + " by their ids" : "all rows of " + selection.from(),
                constants,
                List.of(
                        byId
                                ? "KalamDB finds the rows by ranges of their keys"
                                : "KalamDB answers page by page, by key",
                        "conditions, order and groups are evaluated by korm"));
    }

    @Override
    public Instant time() {
        requireReady();
        return ledger.time();
    }

    @Override
    public Snapshot snapshot() {
        requireReady();
        Head at = ledger.refresh();
        long begun = environment.nanoTime();
        return new Snapshot() {
            private volatile boolean ended;

            @Override
            public RowCursor select(Selection selection) {
                requireReady();
                if (ended) {
                    throw new ClosedException("The snapshot of the layer \"" + name + "\" was closed; take another");
                }
                if (environment.nanoTime() - begun > Ledger.LONGEST_SCAN.toNanos()) {
                    throw new StoreBusyException(
                            name,
                            "The snapshot of the layer \"" + name + "\" is older than "
                                    + Ledger.LONGEST_SCAN.toMinutes() + " minutes; take another",
                            Outcome.NOT_APPLIED,
                            null);
                }
                return cursor(
                        new LayerQuery(name, ledger, at, Map.of()),
                        selection,
                        EvaluationTime.unlimited(name, selection.from()));
            }

            @Override
            public ChangeFeed.Position position() {
                return following.position(at);
            }

            @Override
            public void close() {
                ended = true;
            }
        };
    }

    @Override
    public void follow(TableName table) {
        follow(table, true);
    }

    @Override
    public void unfollow(TableName table) {
        follow(table, false);
    }

    private void follow(TableName table, boolean isNoted) {
        committing("follow the table " + table, at -> following.follow(at, table, isNoted));
    }

    @Override
    public void forgetChanges(Instant before, Collection<ChangeFeed.Position> needed) {
        committing("forget changes", at -> following.forget(at, before, needed));
    }

    @Override
    public ChangeFeed changes(Optional<ChangeFeed.Position> from) {
        requireReady();
        return following.changes(from, () -> closed);
    }

    private void committing(String what, Predicate<Head> change) {
        requireReady();
        requireWritable(what);
        alone(() -> attempting(what, attempt -> {
            Head at = refreshed();
            return (at != null && change.test(at)) ? true : null;
        }));
    }

    @Override
    public BatchResult apply(Batch batch) {
        requireReady();
        requireWritable("apply a batch");
        return alone(() -> {
            int[] mayAssume = {MAY_ASSUME};
            return attempting("apply a batch", attempt -> attempt(batch, mayAssume));
        });
    }

    /** Makes one attempt to apply a batch; null when it has to be made again. */
    private @Nullable BatchResult attempt(Batch batch, int[] mayAssume) {
        Head at = settled();
        if (at == null) {
            return null;
        }
        BatchPlan plan = new BatchPlan(name, ledger, at, mayAssume[0]);
        BatchResult result = run(plan, batch, at);
        if (result == null) {
            return null;
        }
        List<RowWrite> writes = plan.writes();
        if (result instanceof BatchResult.Refused || writes.isEmpty()) {
            return isOld(at) ? null : result;
        }
        Ledger.Appended appended = ledger.append(at, writes, plan.notes(), plan.assumedAbsent());
        if (appended == Ledger.Appended.PRESENT) {
            mayAssume[0] = 0;
        }
        if (appended != Ledger.Appended.STORED) {
            return null;
        }
        ledger.mergeSometimes();
        return result;
    }

    private @Nullable Head refreshed() {
        ledger.refresh();
        return settled();
    }

    /** Runs a batch at a moment; null when that is not the newest and the batch went wrong. */
    private @Nullable BatchResult run(BatchPlan plan, Batch batch, Head at) {
        try {
            return plan.run(batch);
        } catch (RuntimeException mistaken) {
            // What is known here may be old, and the batch right.
            if (isOld(at)) {
                return null;
            }
            throw mistaken;
        }
    }

    /** Returns the newest moment that is known; null while a commit is prepared that others may decide on. */
    private @Nullable Head settled() {
        Head at = ledger.known();
        if (at.pending() == null) {
            return at;
        }
        at = ledger.refresh();
        if (at.pending() == null) {
            return at;
        }
        return ledger.dropPending(at) ? ledger.known() : null;
    }

    private boolean isOld(Head at) {
        return ledger.refresh().number() != at.number();
    }

    /** One attempt; null when others were faster. */
    private interface Attempt<T> {
        @Nullable T make(int number);
    }

    private <T> T attempting(String what, Attempt<T> attempt) {
        long begun = environment.nanoTime();
        for (int i = 0; environment.nanoTime() - begun < TimeUnit.SECONDS.toNanos(LONGEST_WAIT); i++) {
            T result = attempt.make(i);
            if (result != null) {
                return result;
            }
            pause(i);
        }
        throw busy(what);
    }

    private void pause(int attempt) {
        if (attempt > 1) {
            try {
                environment.sleep(Duration.ofMillis(environment.random().nextInt(2 * Math.min(attempt, 20))));
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException("A call on layer " + name, Outcome.NOT_APPLIED, stop);
            }
        }
    }

    private StoreBusyException busy(String what) {
        return new StoreBusyException(
                name,
                "Layer \"" + name + "\" cannot " + what
                        + ": other changes come first again and again. Try again, or make fewer changes at once",
                Outcome.NOT_APPLIED,
                null);
    }

    private <T> T alone(Supplier<T> change) {
        acquire();
        try {
            return change.get();
        } finally {
            committing.release();
        }
    }

    private void acquire() {
        try {
            if (!committing.tryAcquire(LONGEST_WAIT, TimeUnit.SECONDS)) {
                throw busy("make a change");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("A call on layer " + name, Outcome.NOT_APPLIED, stop);
        }
    }

    @Override
    public PreparedBatch prepare(Batch batch) {
        requireReady();
        requireWritable("prepare a batch");
        acquire();
        boolean isHeld = false;
        try {
            int[] mayAssume = {MAY_ASSUME};
            HeldBatch prepared = attempting("prepare a batch", attempt -> prepared(batch, mayAssume));
            isHeld = prepared.result() instanceof BatchResult.Applied;
            if (isHeld) {
                held.add(prepared);
            }
            return prepared;
        } finally {
            if (!isHeld) {
                committing.release();
            }
        }
    }

    private @Nullable HeldBatch prepared(Batch batch, int[] mayAssume) {
        Head at = settled();
        if (at == null) {
            return null;
        }
        BatchPlan plan = new BatchPlan(name, ledger, at, mayAssume[0]);
        BatchResult result = run(plan, batch, at);
        if (result == null) {
            return null;
        }
        if (result instanceof BatchResult.Refused) {
            return isOld(at) ? null : new HeldBatch(name, ledger, at, result, () -> {});
        }
        Ledger.Appended appended = ledger.prepare(at, plan.writes(), plan.notes(), plan.assumedAbsent());
        if (appended == Ledger.Appended.PRESENT) {
            mayAssume[0] = 0;
        }
        if (appended != Ledger.Appended.STORED) {
            return null;
        }
        HeldBatch[] self = new HeldBatch[1];
        self[0] = new HeldBatch(name, ledger, ledger.known(), result, () -> {
            held.remove(self[0]);
            committing.release();
        });
        return self[0];
    }

    private void requireWritable(String what) {
        if (capabilities.access() == Capabilities.Access.READ_ONLY) {
            throw new StoreReadOnlyException(
                    name,
                    "Layer \"" + name + "\" cannot " + what + ": it is open for reading only",
                    Outcome.NOT_APPLIED,
                    null);
        }
    }

    private void requireReady() {
        requireOpen();
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationInterruptedException("A call on layer " + name, Outcome.NOT_APPLIED, null);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("The layer \"" + name + "\" is closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            List.copyOf(held).forEach(HeldBatch::rollback);
            ledger.close();
            closing.run();
        }
    }
}
