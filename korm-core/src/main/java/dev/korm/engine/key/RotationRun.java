package dev.korm.engine.key;

import dev.korm.ClosedException;
import dev.korm.DuplicateException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.PassPace;
import dev.korm.engine.layer.TableView;
import dev.korm.key.RotationProgress;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One rotation: goes through every collection in the order of ids, again and again until a whole pass finds nothing to seal anew.
 * For one thread, once; it may be stopped at any moment, and any later rotation to the same key goes on where it was.
 *
 * <p><b>Steps for a chunk of rows.</b> Read the next rows behind the last id; seal anew what is under another key; store the rows, each at the revision that
 * was read, together with the id that was reached ({@link RotationState}). So the state is never ahead of the rows. The revision stays,
 * since no data changes, and whoever holds the item can go on with it.
 *
 * <p><b>When others are in the way.</b> A row that was changed meanwhile is read and tried again, a bounded number of times, and then left to the
 * next pass. A fingerprint that another item has under the new key is a clash: the item is left as it is, everything else is done, and the clash is
 * thrown at the end. A table whose columns move is looked at anew.
 *
 * <p><b>What holds at the end.</b> The last pass began at the first id and changed nothing, so at its time no row held a value of another key that could be
 * opened. What could not be opened is counted. A program that still seals with another current key would keep it going: after
 * {@value #MOST_PASSES} passes it goes on to the next collection.
 */
final class RotationRun {
    /** A program that seals with another current key would keep it busy for ever. */
    private static final int MOST_PASSES = 20;
    /** A row that is changed so often while it is looked at is left to the next pass. */
    private static final int MOST_LOOKS = 10;

    private static final int MOST_MOVES = 10;
    private static final Duration LONGEST_NAP = Duration.ofMillis(50);

    private final PoolContext pool;
    private final String keyId;
    private final int itemsPerSecond;
    private final Consumer<RotationProgress> listener;
    private final AtomicBoolean stopped;
    private final long began;

    private long examined;
    private long changed;
    private long resealed;
    /** Of the collections that are done, and of the pass at hand. */
    private long unopened;

    private long unopenedHere;
    private @Nullable DuplicateException clash;

    RotationRun(
            PoolContext pool,
            String keyId,
            int itemsPerSecond,
            Consumer<RotationProgress> listener,
            AtomicBoolean stopped) {
        this.pool = pool;
        this.keyId = keyId;
        this.itemsPerSecond = itemsPerSecond;
        this.listener = listener;
        this.stopped = stopped;
        this.began = pool.environment().nanoTime();
    }

    RotationProgress run() {
        for (String name : pool.layers().names()) {
            OpenLayer layer = pool.layers().layer(name);
            RotationState state = new RotationState(layer, keyId);
            for (TableName table : layer.store().tables()) {
                rotate(layer, table, state);
            }
            new VersionSecrets(layer).renew(this::renewedVersions);
        }
        RotationProgress end = progress();
        listener.accept(end);
        if (clash != null) {
            throw clash;
        }
        return end;
    }

    /** Counts a page of the history, of which nothing is noted: a rotation that was stopped goes through all of it again. */
    private void renewedVersions(VersionSecrets.Progress page) {
        examined += page.examined();
        changed += page.changed();
        resealed(page.resealed());
        unopened += page.unopened();
        listener.accept(progress());
        requireGoing();
        rest();
    }

    private void resealed(long secrets) {
        resealed += secrets;
        pool.events().resealed(secrets);
    }

    private RotationProgress progress() {
        return new RotationProgress(examined, changed, resealed, unopened + unopenedHere);
    }

    private void rotate(OpenLayer layer, TableName table, RotationState state) {
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            boolean whole = state.last(table).isEmpty();
            long before = changed;
            unopenedHere = 0;
            if (!pass(layer, table, state) || (whole && changed == before)) {
                break;
            }
        }
        unopened += unopenedHere;
        unopenedHere = 0;
    }

    /** Runs one pass; false when there is nothing that could be sealed. */
    private boolean pass(OpenLayer layer, TableName table, RotationState state) {
        String last = state.last(table);
        int moves = 0;
        SecretTable secrets = null;
        PassPace pace = new PassPace(pool.environment()::nanoTime);
        while (true) {
            requireGoing();
            if (secrets == null) {
                TableSchema schema = layer.schema(table).orElse(null);
                if (schema == null) {
                    return false;
                }
                secrets = new SecretTable(schema, layer.seals());
                if (secrets.isEmpty()) {
                    return false;
                }
            }
            try {
                String next = chunk(layer, secrets, state, last, pace.next());
                if (next.isEmpty()) {
                    state.begin(table);
                    return true;
                }
                last = next;
            } catch (SchemaMovedException moved) {
                layer.forget(table);
                secrets = null;
                if (++moves > MOST_MOVES) {
                    throw new StoreBusyException(
                            layer.layer(),
                            "The table " + table
                                    + " is changed again and again while its secrets are sealed anew; try again",
                            StoreException.Outcome.UNKNOWN,
                            moved);
                }
            }
            listener.accept(progress());
            rest();
        }
    }

    /** Looks at the next items, and answers the id of the last; empty when there are no more. */
    private String chunk(OpenLayer layer, SecretTable secrets, RotationState state, String last, int rows) {
        List<SecretTable.Renewed> renewed = new ArrayList<>();
        String reached = "";
        try (RowCursor row = layer.allRows().select(secrets.after(last, Math.min(rows, itemsPerSecond)))) {
            while (row.next()) {
                reached = SecretTable.id(row);
                SecretTable.Renewed each = secrets.renewed(row, keyId);
                examined++;
                unopenedHere += each.unopened();
                if (each.update() != null) {
                    renewed.add(each);
                }
            }
        }
        if (!renewed.isEmpty()) {
            state.prepare(secrets.table());
            apply(layer, secrets, renewed, state.reached(secrets.table(), reached));
        }
        return reached;
    }

    /**
     * Stores rows, and looks again at those that somebody else has changed meanwhile. What stands before such a row is stored
     * without waiting for it, so that a busy collection costs no more than its busy items.
     *
     * @param reached is stored with the last of them
     */
    private void apply(OpenLayer layer, SecretTable secrets, List<SecretTable.Renewed> renewed, Mutation reached) {
        List<SecretTable.Renewed> left = new ArrayList<>(renewed);
        int looks = 0;
        int together = left.size();
        while (!left.isEmpty()) {
            List<SecretTable.Renewed> now = List.copyOf(left.subList(0, Math.min(together, left.size())));
            BatchResult result = layer.applyPass(Batch.of(batch(now, left.size() == now.size(), reached)));
            if (!(result instanceof BatchResult.Refused refused)) {
                changed += now.size();
                now.forEach(each -> resealed(each.resealed()));
                left.subList(0, now.size()).clear();
                together = 2 * now.size();
                continue;
            }
            if (refused.mutation() == now.size()) {
                throw new StoreBusyException(
                        layer.layer(),
                        "The state of the rotation was deleted while it ran; begin it anew",
                        StoreException.Outcome.NOT_APPLIED,
                        null);
            }
            together = Math.max(1, refused.mutation());
            String id = Objects.requireNonNull(left.remove(refused.mutation()).update())
                    .id();
            if (refused.refusal() instanceof Refusal.UniqueViolation taken) {
                remember(layer, secrets.table(), id, taken);
            } else if (refused.refusal() instanceof Refusal.Stale && looks++ < MOST_LOOKS * renewed.size()) {
                again(layer, secrets, id).ifPresent(left::add);
            }
        }
    }

    private static List<Mutation> batch(List<SecretTable.Renewed> rows, boolean last, Mutation reached) {
        List<Mutation> batch = new ArrayList<>();
        rows.forEach(each -> batch.add(Objects.requireNonNull(each.update())));
        if (last) {
            batch.add(reached);
        }
        return batch;
    }

    private Optional<SecretTable.Renewed> again(OpenLayer layer, SecretTable secrets, String id) {
        Condition byId = new Condition.Compare(ItemIds.operand(), Condition.Comparison.EQUAL, id);
        try (RowCursor row = layer.allRows().select(secrets.rows(byId))) {
            return row.next()
                    ? Optional.of(secrets.renewed(row, keyId)).filter(each -> each.update() != null)
                    : Optional.empty();
        }
    }

    private void remember(OpenLayer layer, TableName table, String id, Refusal.UniqueViolation taken) {
        if (clash == null) {
            Rn<?> collection = Rn.collection(table.namespace(), table.kind()).from(layer.layer());
            List<String> fields = layer.schema(table)
                    .map(schema -> TableView.fieldsOf(schema, taken.index()))
                    .orElse(List.of(taken.index()));
            clash = new DuplicateException(
                    collection.item(id) + " could not be sealed anew, since " + collection.item(taken.holder())
                            + " holds the same value of " + String.join(" and ", fields)
                            + ", which must be unique: they were written under different current keys. Change or delete one"
                            + " of them, and run the rotation again; everything else is done",
                    fields,
                    Optional.of(collection.item(taken.holder())));
        }
    }

    private void requireGoing() {
        if (stopped.get()) {
            throw new ClosedException(
                    "The rotation was stopped before its end; begin it anew, and it goes on where it was");
        }
        pool.lifecycle().requireOpen();
    }

    /** Waits until no more items were looked at than are allowed in the time. */
    private void rest() {
        if (itemsPerSecond == KeyRotation.UNLIMITED) {
            return;
        }
        Environment environment = pool.environment();
        long due = began + (long) (examined * (1e9 / itemsPerSecond));
        for (long wait = due - environment.nanoTime(); wait > 0; wait = due - environment.nanoTime()) {
            requireGoing();
            try {
                environment.sleep(Duration.ofNanos(Math.min(wait, LONGEST_NAP.toNanos())));
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException("The rotation of keys", Outcome.NOT_APPLIED, stop);
            }
        }
    }
}
