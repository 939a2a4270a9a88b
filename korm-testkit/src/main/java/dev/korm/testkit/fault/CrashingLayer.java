package dev.korm.testkit.fault;

import dev.korm.StoreException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.memory.MemoryStore;
import java.util.HashSet;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A database in memory whose clients are killed and whose power goes. Open transactions are lost then; a commit that was on its way may
 * arrive, also later, or not; what was committed stays.
 *
 * <pre>{@code
 * CrashingLayer database = CrashingLayer.seeded(42);
 * CrashingClient client = database.client((step, moment) -> {});
 * Pool pool = Korm.pool().layer("main", client).open();
 * client.kill();
 * CrashingLayer after = database.crashed(43);   // as it would be after a power cut here; this one goes on
 * }</pre>
 *
 * <p>One transaction is open at a time. Whoever wants to change something meanwhile is told at once that the layer is busy, so that a test with one
 * thread never waits. All chances follow from the seeds. Guarded by itself.
 */
public final class CrashingLayer {
    private final MemoryStore store;
    private final Random random;
    private final Set<Feature> added = new HashSet<>();

    /** What the store would hold after a power cut, where that is not all of it. */
    private @Nullable MemoryStore durable;

    private boolean syncs = true;

    private @Nullable Held open;

    private CrashingLayer(MemoryStore store, long seed) {
        this.store = store;
        this.random = new Random(seed);
    }

    /** Returns an empty database. */
    public static CrashingLayer seeded(long seed) {
        return new CrashingLayer(new MemoryStore(), seed);
    }

    /** A call that is about to change something. */
    public enum Step {
        EVOLVE,
        APPLY,
        PREPARE,
        COMMIT,
        ROLLBACK
    }

    /** The moment of a step at which the test is called. */
    public enum Moment {
        BEFORE,
        /** Behind it, while its answer is on the way. */
        AFTER
    }

    /**
     * The acts of a test at the steps of a client, such as kill it: by throwing an error behind {@link CrashingClient#kill}. Or it throws a
     * {@link StoreException}: before {@link Step#COMMIT}, the connection is lost with it, and the commit may arrive later or never when the
     * outcome is unknown.
     */
    @FunctionalInterface
    public interface Listener {
        void at(Step step, Moment moment);
    }

    /** Adds a feature to what its clients say of it, such as {@link Feature#SINGLE_WRITER}. */
    public CrashingLayer with(Feature feature) {
        added.add(feature);
        return this;
    }

    /** Makes it acknowledge commits before they are durable, which makes a liar of it: to see that a test notices. */
    public void leaveOutSyncs() {
        syncs = false;
    }

    /** Returns whether a transaction of a program that lives is open, and its commit is not on its way. */
    public synchronized boolean isHeld() {
        Held held = open;
        return held != null && !held.client.isKilled() && !held.committing;
    }

    /** Returns whether it says that it has a single writer. */
    public boolean isSingleWriter() {
        return added.contains(Feature.SINGLE_WRITER);
    }

    /** Returns a program that uses it. */
    public CrashingClient client(Listener listener) {
        return new CrashingClient(this, MemoryLayer.on(store), Set.copyOf(added), listener);
    }

    /** Returns what is committed. */
    public MemoryStore store() {
        return store;
    }

    /** Returns a database as this one would be after its power was cut and came back; this one goes on. */
    public synchronized CrashingLayer crashed(long seed) {
        Random chance = new Random(seed);
        MemoryStore lost = durable;
        return copied(lost != null && chance.nextBoolean() ? lost.copy() : store.copy(), chance);
    }

    /** Returns a database as this one would be after all its clients were killed; this one goes on. */
    public synchronized CrashingLayer abandoned(long seed) {
        return copied(store.copy(), new Random(seed));
    }

    private CrashingLayer copied(MemoryStore content, Random chance) {
        CrashingLayer copy = new CrashingLayer(content, chance.nextLong());
        copy.added.addAll(added);
        copy.syncs = syncs;
        Held held = open;
        if (held != null && held.committing) {
            CrashingClient gone = copy.client((step, moment) -> {});
            PreparedBatch again =
                    MemoryLayer.on(content).open("", Environment.system()).prepare(held.batch);
            if (again.result() instanceof BatchResult.Applied) {
                Held onItsWay = copy.new Held(gone, held.batch, again);
                onItsWay.committing = true;
                copy.open = onItsWay;
                gone.kill();
            }
        }
        return copy;
    }

    /** Has what is left of a killed client's commit arrive, or be lost. */
    synchronized void arrive() {
        Held held = open;
        if (held != null && (held.client.isKilled() || held.onItsWay)) {
            if (random.nextBoolean()) {
                publish(held.prepared::commit);
            } else {
                held.prepared.rollback();
            }
            open = null;
        }
    }

    /** Has it arrive now and then. */
    synchronized void mayArrive() {
        if (open != null && random.nextInt(3) == 0) {
            arrive();
        }
    }

    synchronized boolean isBusy() {
        arrive();
        return open != null;
    }

    /** Makes a change, and remembers what a power cut would leave. */
    synchronized <T> T published(Supplier<T> change) {
        // What was committed before is on the disk by now.
        durable = syncs ? null : store.copy();
        return change.get();
    }

    private void publish(Runnable change) {
        published(() -> {
            change.run();
            return true;
        });
    }

    synchronized Held hold(CrashingClient client, Batch batch, PreparedBatch prepared) {
        Held held = new Held(client, batch, prepared);
        open = held;
        return held;
    }

    /** Loses what a client has open, but for a commit that is on its way. */
    synchronized void disconnected(CrashingClient client) {
        Held held = open;
        if (held != null && held.client == client && !held.committing) {
            held.prepared.rollback();
            open = null;
        }
    }

    /** A transaction that is open. */
    final class Held implements PreparedBatch {
        private final CrashingClient client;
        private final Batch batch;
        private final PreparedBatch prepared;
        private boolean committing;
        /** The client has lost its connection behind the commit. */
        private boolean onItsWay;

        private Held(CrashingClient client, Batch batch, PreparedBatch prepared) {
            this.client = client;
            this.batch = batch;
            this.prepared = prepared;
        }

        @Override
        public BatchResult result() {
            return prepared.result();
        }

        @Override
        public void commit() {
            client.requireAlive();
            committing = true;
            try {
                client.step(Step.COMMIT, Moment.BEFORE);
            } catch (StoreException connection) {
                onItsWay = connection.outcome() == StoreException.Outcome.UNKNOWN;
                // One that was not applied never will be.
                committing = onItsWay;
                throw connection;
            }
            publish(prepared::commit);
            end();
            client.step(Step.COMMIT, Moment.AFTER);
        }

        private void end() {
            synchronized (CrashingLayer.this) {
                if (open == this) {
                    open = null;
                }
            }
        }

        @Override
        public void rollback() {
            if (!client.isKilled() && !onItsWay && isOpen()) {
                try {
                    client.step(Step.ROLLBACK, Moment.BEFORE);
                } finally {
                    // With the connection, what was open on it is gone.
                    prepared.rollback();
                    end();
                }
                client.step(Step.ROLLBACK, Moment.AFTER);
            }
        }

        private boolean isOpen() {
            synchronized (CrashingLayer.this) {
                return Objects.equals(open, this);
            }
        }

        @Override
        public void close() {
            rollback();
        }
    }
}
