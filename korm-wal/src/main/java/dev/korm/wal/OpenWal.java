package dev.korm.wal;

import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.wal.run.AppendQueue;
import dev.korm.wal.run.Steps.Shortcut;
import dev.korm.wal.run.TakenRuns;
import dev.korm.wal.run.WalFailures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** A journal in files, open for one run. */
final class OpenWal implements Journal, AppendQueue.Sink {
    private final LogFolder root;
    private final RunFolder folder;
    private final JournalContext context;
    private final Wal.Settings settings;
    private final LogWriter writer;
    private final AppendQueue queue;
    private final AtomicBoolean asked = new AtomicBoolean();

    /** Whether logs of other runs are still there about which entries of this run may say that something is done. */
    private volatile boolean othersAreTaken;

    private final List<TakenRuns> taken = new CopyOnWriteArrayList<>();

    OpenWal(LogFolder root, RunFolder folder, JournalContext context, Wal.Settings settings) {
        this.root = root;
        this.folder = folder;
        this.context = context;
        this.settings = settings;
        this.writer = new LogWriter(folder, context.pool(), settings, context.environment());
        this.queue = new AppendQueue(folder.path().toString(), this, folder.steps());
    }

    @Override
    public String run() {
        return folder.run();
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
        if (writer.hasRotated() && (!othersAreTaken || folder.steps().skip(Shortcut.RECYCLED_WHILE_LOGS_ARE_TAKEN))) {
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
        List<RunFolder> held = new ArrayList<>();
        boolean complete = false;
        try {
            // What is seen now must not be otherwise after a power cut: not that a log is gone, either.
            root.sync(root.path(), Shortcut.NAMES_READ_UNSYNCED);
            root.clean();
            List<RunLog> logs = new ArrayList<>();
            for (Path path : root.runs()) {
                take(path, held, logs);
            }
            othersAreTaken |= !logs.isEmpty();
            TakenRuns runs = new TakenRuns(
                    root.path().toString(),
                    logs,
                    new TakenRuns.Limits(settings.mostIndexed(), root.steps()),
                    () -> !writer.isEmpty(),
                    this::lookForTaken);
            if (first) {
                writer.begin(runs.nextEpoch());
            }
            taken.add(runs);
            complete = true;
            return runs;
        } catch (IOException failed) {
            throw WalFailures.reading(root.path().toString(), failed);
        } finally {
            if (!complete) {
                release(held);
            }
        }
    }

    /** Notes, after some were forgotten, whether logs of other runs are left. */
    private void lookForTaken() {
        taken.removeIf(TakenRuns::isGone);
        othersAreTaken = !taken.isEmpty();
    }

    private void take(Path path, List<RunFolder> held, List<RunLog> logs) throws IOException {
        RunFolder found = RunFolder.take(root, path);
        if (found == null) {
            return;
        }
        held.add(found);
        String pool = found.pool();
        RunLog log = pool == null || pool.equals(context.pool()) ? RunLog.open(found) : null;
        String written = log == null ? null : log.pool();
        if (log != null && (written == null || written.equals(context.pool()))) {
            logs.add(log);
        } else {
            held.remove(found);
            found.release();
        }
    }

    private static void release(List<RunFolder> held) {
        for (RunFolder each : held) {
            try {
                each.release();
            } catch (IOException closing) {
                // The reason why they are given up is thrown; the system unlocks what it closes even so.
            }
        }
    }

    @Override
    public void close() {
        queue.close(this::closeFiles);
    }

    private void closeFiles() {
        try {
            try {
                writer.close();
            } finally {
                folder.release();
            }
            taken.forEach(TakenRuns::release);
        } catch (IOException failed) {
            throw WalFailures.closing(root.path().toString(), failed);
        }
    }
}
