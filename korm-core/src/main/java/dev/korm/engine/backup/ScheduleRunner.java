package dev.korm.engine.backup;

import dev.korm.KormException;
import dev.korm.backup.BackupStatus;
import dev.korm.backup.ChainLimit;
import dev.korm.backup.Retention;
import dev.korm.backup.Schedule;
import dev.korm.backup.ScheduledBackup;
import dev.korm.engine.backup.PlannedBackups.Planned;
import dev.korm.engine.context.ExecutorTermination;
import dev.korm.engine.context.PoolEvents;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a pool's backups when they are due. Of all programs that share the pool one makes each: it claims the rows of the schedules in the table, and renews the claim while it works; a program that died
 * holds others up until its claim is over, {@link #CLAIM} at the most.
 *
 * <p>What was missed while nobody was there is made once, at the opening. What fails stays due, is tried again after a pause that grows from {@link #FIRST_PAUSE} to {@link #LONGEST_PAUSE}, and does not count as run. Safe
 * for many threads; looks at the table in one thread, and makes backups in another.
 */
public final class ScheduleRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.backups");

    /** How often the table is looked at when nothing is due, since other programs may have left something. */
    private static final Duration LOOK = Duration.ofSeconds(30);

    static final Duration CLAIM = Duration.ofMinutes(2);
    static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final int MOST_DOUBLINGS = 6;
    private static final Duration LONGEST_END = Duration.ofSeconds(30);
    private static final int LONGEST_ERROR = 2000;

    private final PlannedBackups plan;
    private final Map<String, Planned> schedules = new LinkedHashMap<>();
    private final ScheduleTable table;
    private final Work work;
    private final PoolEvents events;
    private final Environment environment;
    private final Scheduler scheduler;
    private final ExecutorService worker;
    private final ReentrantLock looking = new ReentrantLock();
    private final String claim;
    private volatile List<String> running = List.of();
    private volatile boolean closed;
    private boolean failing;

    /** The making of backups. */
    public interface Work {
        /** Excludes all other programs where the pool shares its locks; empty when another one makes backups now. */
        Optional<? extends AutoCloseable> exclusively();

        /** Makes a backup, verifies it, and deletes what is not to be kept. */
        void run(ScheduledBackup due);
    }

    /** @param meta the layer with the table */
    public ScheduleRunner(
            PlannedBackups plan,
            Collection<String> layers,
            OpenLayer meta,
            Work work,
            PoolEvents events,
            Environment environment) {
        this.plan = plan;
        this.table = new ScheduleTable(meta);
        this.work = work;
        this.events = events;
        this.environment = environment;
        this.scheduler = environment.scheduler("korm-schedules");
        this.worker = environment.executor("korm-backups", 1);
        this.claim = environment.process().id() + "-"
                + HexFormat.of().toHexDigits(environment.random().nextLong());
        plan.planned(layers).forEach(each -> schedules.put(each.id(), each));
    }

    /** Makes the table, and begins to run what is due. */
    public void begin() {
        Instant now = now();
        table.make(
                List.copyOf(schedules.values()),
                each -> first(each.schedule(), now).toEpochMilli(),
                now.toEpochMilli());
        scheduler.after(Duration.ZERO, this::look);
    }

    private static Instant first(Schedule schedule, Instant now) {
        return schedule.startsNow() ? now : schedule.next(now);
    }

    private Instant now() {
        return environment.clock().instant();
    }

    private void look() {
        if (closed) {
            return;
        }
        Duration pause = LOOK;
        looking.lock();
        try {
            List<String> own = running;
            if (own.isEmpty()) {
                pause = begun();
            } else {
                long now = now().toEpochMilli();
                own.forEach(id -> table.renew(id, claim, now, now + CLAIM.toMillis()));
            }
            failing = false;
        } catch (KormException failed) {
            if (!failing && !closed) {
                LOG.warn(
                        "The schedules of backups cannot be looked at; it is tried again every {} seconds",
                        LOOK.toSeconds(),
                        failed);
            }
            failing = true;
        } finally {
            looking.unlock();
        }
        events.tell();
        if (!closed) {
            scheduler.after(pause, this::look);
        }
    }

    /** Begins what is due; returns when to look again. */
    private Duration begun() {
        long now = now().toEpochMilli();
        List<ScheduleTable.State> claimed = new ArrayList<>();
        long next = now + LOOK.toMillis();
        for (ScheduleTable.State row : table.rows().values()) {
            if (!schedules.containsKey(row.id())) {
                continue;
            }
            if (row.due() > now) {
                next = Math.min(next, row.due());
            } else if (table.claim(row, claim, now, now + CLAIM.toMillis())) {
                claimed.add(row);
            }
        }
        if (!claimed.isEmpty()) {
            running = claimed.stream().map(ScheduleTable.State::id).toList();
            try {
                worker.execute(() -> run(claimed));
            } catch (RejectedExecutionException closing) {
                running = List.of();
                LOG.debug("The pool is closed; the backup is made by the next that opens it", closing);
            }
        }
        return Duration.ofMillis(Math.max(1, next - now));
    }

    private void run(List<ScheduleTable.State> due) {
        try {
            Optional<? extends AutoCloseable> lock = work.exclusively();
            if (lock.isPresent()) {
                try (AutoCloseable held = lock.get()) {
                    LOG.debug("Making backups under {}", held);
                    make(due);
                }
            } else {
                long now = now().toEpochMilli();
                due.forEach(row -> table.release(row.id(), claim, now));
            }
        } catch (Exception failed) {
            LOG.warn(
                    "The schedules of backups are not what they should be; it is tried again when the claim is over",
                    failed);
        } finally {
            running = List.of();
        }
    }

    private void make(List<ScheduleTable.State> due) {
        Map<String, Retention> kept = new TreeMap<>();
        schedules.values().forEach(planned -> kept.put(planned.layer(), plan.retention(planned.layer())));
        List<String> layers =
                due.stream().map(ScheduleTable.State::layer).distinct().sorted().toList();
        ScheduledBackup backup = new ScheduledBackup(
                plan.depot(),
                layers,
                kept,
                chain(due).map(plan.options()::incremental).orElse(plan.options()));
        long begun = environment.nanoTime();
        events.backupBegun(backup);
        events.tell();
        try {
            work.run(backup);
            long now = now().toEpochMilli();
            for (ScheduleTable.State row : due) {
                Planned planned = schedules.get(row.id());
                if (planned != null) {
                    table.succeeded(
                            row.id(), claim, planned.schedule().next(now()).toEpochMilli(), now);
                }
            }
            events.backupEnded(backup, environment.nanoTime() - begun);
        } catch (RuntimeException | StackOverflowError | LinkageError failed) {
            events.backupFailed(backup, failed);
            failed(due, failed);
        } finally {
            events.tell();
        }
    }

    /** Returns the limit of chains, where everything that is due makes increments. */
    private Optional<ChainLimit> chain(List<ScheduleTable.State> due) {
        Optional<ChainLimit> limit = Optional.empty();
        for (ScheduleTable.State row : due) {
            Planned planned = schedules.get(row.id());
            if (planned == null || planned.chain().isEmpty()) {
                return Optional.empty();
            }
            ChainLimit own = planned.chain().get();
            limit = Optional.of(limit.map(own::and).orElse(own));
        }
        return limit;
    }

    private void failed(List<ScheduleTable.State> due, Throwable failure) {
        String message = String.valueOf(failure.getMessage()).replace("\0", "");
        String error = message.substring(0, Math.min(LONGEST_ERROR, message.length()));
        long now = now().toEpochMilli();
        try {
            for (ScheduleTable.State row : due) {
                long pause = FIRST_PAUSE.toMillis() << Math.min(row.failures(), MOST_DOUBLINGS);
                table.failed(
                        row.id(),
                        claim,
                        now + Math.min(pause, LONGEST_PAUSE.toMillis()),
                        row.failures() + 1,
                        error,
                        now);
            }
        } catch (KormException alsoFailed) {
            LOG.warn(
                    "The failure of a backup could not be noted; it is tried again when its claim is over", alsoFailed);
        }
    }

    /** Returns the state of each schedule. */
    public List<BackupStatus> status() {
        Map<String, ScheduleTable.State> rows = table.rows();
        long now = now().toEpochMilli();
        List<BackupStatus> all = new ArrayList<>();
        schedules.forEach((id, planned) -> {
            ScheduleTable.State row = rows.get(id);
            if (row != null) {
                all.add(new BackupStatus(
                        id,
                        planned.layer(),
                        planned.schedule(),
                        Instant.ofEpochMilli(row.next()),
                        moment(row.last()),
                        moment(row.retry()),
                        (int) row.failures(),
                        Optional.ofNullable(row.error()).filter(error -> !error.isEmpty()),
                        row.until() > now));
            }
        });
        return all;
    }

    private static Optional<Instant> moment(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    /** Ends it; a backup that is under way is waited for a while, and is otherwise made again by whoever opens the pool next. Twice is fine. */
    @Override
    public void close() {
        closed = true;
        scheduler.close();
        worker.shutdownNow();
        if (!ExecutorTermination.await(worker, LONGEST_END)) {
            LOG.warn("The pool is closed while a backup is made, which does not count then");
        }
    }
}
