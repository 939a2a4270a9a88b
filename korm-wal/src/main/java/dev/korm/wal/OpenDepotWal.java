package dev.korm.wal;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotException;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.wal.run.AppendQueue;
import dev.korm.wal.run.Steps;
import dev.korm.wal.run.TakenRuns;
import dev.korm.wal.run.WalFailures;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** A journal in a depot, open for one run. */
final class OpenDepotWal implements Journal, AppendQueue.Sink {
    private final DepotLayout layout;
    private final String run;
    private final DepotWal.Settings settings;
    private final DepotLogWriter writer;
    private final DepotLease lease;
    private final DepotRuns others;
    private final AppendQueue queue;
    private final AtomicBoolean asked = new AtomicBoolean();

    /** Whether logs of other runs are still there about which entries of this run may say that something is done. */
    private volatile boolean othersAreTaken;

    private final List<TakenRuns> taken = new CopyOnWriteArrayList<>();

    private OpenDepotWal(DepotLayout layout, String run, JournalContext context, DepotWal.Settings settings) {
        this.layout = layout;
        this.run = run;
        this.settings = settings;
        this.writer = new DepotLogWriter(layout, run, settings, context.environment());
        this.queue = new AppendQueue(layout.description(), this, Steps.ALL);
        this.lease = new DepotLease(layout, run, settings.renewal(), context.environment(), this::recycle);
        this.others = new DepotRuns(layout, run, lease, settings, context.environment());
    }

    static OpenDepotWal open(DepotLayout layout, JournalContext context, DepotWal.Settings settings) {
        String run = HexFormat.of().toHexDigits(context.environment().random().nextLong());
        try {
            return new OpenDepotWal(layout, run, context, settings);
        } catch (DepotException failed) {
            throw WalFailures.opening(layout.description(), failed);
        }
    }

    @Override
    public String run() {
        return run;
    }

    @Override
    public void append(List<JournalEntry> entries) {
        queue.append(entries);
    }

    @Override
    public void write(List<JournalEntry> entries) throws IOException {
        writer.append(entries);
    }

    @Override
    public void tidy() throws IOException {
        if (!othersAreTaken) {
            writer.carry();
        }
    }

    private void recycle() {
        if (!othersAreTaken) {
            writer.recycle();
        }
    }

    @Override
    public UnfinishedEntries unfinished() {
        queue.requireUsable();
        boolean first = asked.compareAndSet(false, true);
        if (first && !writer.isEmpty()) {
            throw new IllegalStateException(
                    "A journal is asked for what is unfinished before anything is appended to it, and as often as wanted afterwards");
        }
        try {
            List<DepotRunLog> logs = first ? others.takeWhenSilent() : others.take();
            othersAreTaken |= !logs.isEmpty();
            boolean complete = false;
            try {
                TakenRuns runs = new TakenRuns(
                        layout.description(),
                        logs,
                        new TakenRuns.Limits(settings.mostIndexed(), Steps.ALL),
                        () -> !writer.isEmpty(),
                        this::lookForTaken);
                if (first) {
                    writer.begin(runs.nextEpoch());
                }
                taken.add(runs);
                complete = true;
                return runs;
            } finally {
                if (!complete) {
                    DepotRuns.release(logs);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(
                    "Reading the journal in " + layout.description(), Outcome.NOT_APPLIED, interrupted);
        } catch (IOException | DepotException failed) {
            throw WalFailures.reading(layout.description(), failed);
        }
    }

    /** Notes, after some were forgotten, whether logs of other runs are left. */
    private void lookForTaken() {
        taken.removeIf(TakenRuns::isGone);
        othersAreTaken = !taken.isEmpty();
    }

    @Override
    public void close() {
        queue.close(this::end);
    }

    /** Ends the run. The logs that it holds go on with its own, which says that it is over. */
    private void end() {
        lease.close();
        try {
            if (writer.isEmpty()) {
                taken.forEach(TakenRuns::release);
            }
            writer.end();
        } catch (IOException | DepotException failed) {
            throw WalFailures.closing(layout.description(), failed);
        }
    }
}
