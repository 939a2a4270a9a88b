package dev.korm.wal;

import dev.korm.KormException;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs whose logs are in a depot, and which of them are over: those that said so, and those whose lease was not renewed for longer than it lasts. Times are
 * those of the store, compared with that of this run's own lease; so no clock of any machine matters.
 *
 * <p>A log that a run has taken is read together with that run's own, which may say that something in it is done. So who takes it from a run that is over
 * takes that run's log first. For one thread at a time.
 */
final class DepotRuns {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.journal");

    /** How long the claims on the log of a silent run stay, so that it can append nothing when it goes on; and the markers of its changes with them. */
    private static final Duration SILENT_FOR_LONG = Duration.ofDays(1);

    private final DepotLayout layout;
    private final String own;
    private final DepotLease lease;
    private final DepotWal.Settings settings;
    private final Environment environment;

    DepotRuns(DepotLayout layout, String own, DepotLease lease, DepotWal.Settings settings, Environment environment) {
        this.layout = layout;
        this.own = own;
        this.lease = lease;
        this.settings = settings;
        this.environment = environment;
    }

    /** A look at all runs: their files, the last objects of their logs, and the store's time. */
    private final class Look {
        final Map<String, DepotLayout.Run> runs = layout.runs();
        final Map<String, LogObject> tails = new HashMap<>();
        final Instant now;

        Look() {
            DepotLayout.Run self = runs.remove(own);
            Instant renewed = self == null ? null : self.lease();
            // Without a lease of its own nothing is compared, and nobody is taken for silent.
            this.now = renewed == null ? Instant.MIN : renewed.plus(lease.age());
            runs.values().removeIf(run -> !run.objects().isEmpty() && !isRead(run));
        }

        LogObject tail(DepotLayout.Run run) {
            return Objects.requireNonNull(tails.get(run.id()));
        }

        /** Returns false for a log that is gone since it was listed. */
        private boolean isRead(DepotLayout.Run run) {
            LogObject tail = layout.read(run.id(), run.objects().lastKey());
            if (tail == null) {
                return false;
            }
            tails.put(run.id(), tail);
            return true;
        }

        /** Returns who holds a log: a run, or null when it is nobody's. */
        @Nullable String holder(DepotLayout.Run run) {
            LogObject tail = tails.get(run.id());
            return tail == null || tail.kind() == LogObject.Kind.ENTRIES
                    ? run.id()
                    : tail.kind() == LogObject.Kind.TAKEN ? tail.by() : null;
        }

        boolean isForgotten(DepotLayout.Run run) {
            LogObject tail = tails.get(run.id());
            return tail != null && tail.kind() == LogObject.Kind.FORGOTTEN;
        }

        /**
         * Returns whether a log is only what somebody wrote who did not know that it was forgotten, and removed, before: claims alone, without a lease.
         */
        boolean isLitter(DepotLayout.Run run) {
            LogObject tail = tails.get(run.id());
            return tail != null
                    && tail.kind() != LogObject.Kind.ENTRIES
                    && run.lease() == null
                    && run.objects().firstKey() >= tail.sealedAt();
        }

        boolean isSilent(DepotLayout.Run run) {
            Instant renewed = run.lease();
            return renewed == null || renewed.plus(settings.lease()).isBefore(now);
        }

        /** Returns the leases of runs that may live or not, and hold something. */
        Map<String, Instant> doubtful() {
            Map<String, Instant> doubtful = new HashMap<>();
            for (DepotLayout.Run run : runs.values()) {
                String name = holder(run);
                DepotLayout.Run holder = name == null ? null : runs.get(name);
                if (holder != null
                        && holder.lease() != null
                        && holder.id().equals(holder(holder))
                        && !run.objects().isEmpty()
                        && !isSilent(holder)) {
                    doubtful.put(holder.id(), holder.lease());
                }
            }
            return doubtful;
        }
    }

    /** Takes the logs of runs that are over. */
    List<DepotRunLog> take() {
        return take(new Look(), Set.of());
    }

    /** Works as {@link #take}, and first waits until each run has shown that it lives, or its lease has ended. */
    List<DepotRunLog> takeWhenSilent() throws InterruptedException {
        Look look = new Look();
        Map<String, Instant> doubtful = look.doubtful();
        if (doubtful.isEmpty()) {
            return take(look, Set.of());
        }
        LOG.info(
                "The journal in {} has entries of {} runs that are not known to be over; waiting up to {} for a sign of them",
                layout.description(),
                doubtful.size(),
                settings.lease());
        long began = environment.nanoTime();
        Duration pause = settings.renewal().dividedBy(4);
        while (!doubtful.isEmpty()
                && environment.nanoTime() - began < settings.lease().toNanos()) {
            environment.sleep(pause);
            look = new Look();
            Map<String, Instant> still = look.doubtful();
            doubtful.entrySet().removeIf(run -> !run.getValue().equals(still.get(run.getKey())));
        }
        return take(look, doubtful.keySet());
    }

    private List<DepotRunLog> take(Look look, Set<String> silent) {
        List<DepotRunLog> logs = new ArrayList<>();
        boolean complete = false;
        try {
            Set<String> held = new HashSet<>(Set.of(own));
            List<DepotLayout.Run> left = new ArrayList<>();
            for (DepotLayout.Run run : look.runs.values()) {
                if (look.isForgotten(run)) {
                    clean(run, look, logs);
                } else if (look.isLitter(run)) {
                    layout.clean(run.id(), run.objects().keySet(), look.tail(run), true, settings.retention());
                } else if (own.equals(look.holder(run))) {
                    held.add(run.id());
                } else {
                    left.add(run);
                }
            }
            boolean again = true;
            while (again) {
                again = false;
                for (DepotLayout.Run run : List.copyOf(left)) {
                    if (isFree(run, look, held, silent)) {
                        left.remove(run);
                        DepotRunLog log =
                                DepotRunLog.take(layout, run, look.tails.get(run.id()), own, settings.retention());
                        if (log != null) {
                            logs.add(log);
                            held.add(run.id());
                            again = true;
                        }
                    }
                }
            }
            complete = true;
            return logs;
        } finally {
            if (!complete) {
                release(logs);
            }
        }
    }

    private boolean isFree(DepotLayout.Run run, Look look, Set<String> held, Set<String> silent) {
        String holder = look.holder(run);
        if (holder == null) {
            return true;
        }
        if (holder.equals(run.id())) {
            return look.isSilent(run) || silent.contains(run.id());
        }
        DepotLayout.Run other = look.runs.get(holder);
        return !holder.equals(own) && (held.contains(holder) || other == null || look.isForgotten(other));
    }

    private void clean(DepotLayout.Run run, Look look, List<DepotRunLog> logs) {
        LogObject tail = look.tail(run);
        Instant renewed = run.lease();
        Instant forgotten = run.objects().lastEntry().getValue().modified();
        Instant last = renewed == null || renewed.isBefore(forgotten) ? forgotten : renewed;
        if (!tail.over() && last.plus(SILENT_FOR_LONG).isBefore(look.now)) {
            logs.add(DepotRunLog.left(layout, run, tail, settings.retention()));
        } else {
            layout.clean(run.id(), run.objects().keySet(), tail, tail.over(), settings.retention());
        }
    }

    static void release(List<DepotRunLog> logs) {
        for (DepotRunLog log : logs) {
            try {
                log.release();
            } catch (KormException left) {
                LOG.warn("The log of the run {} stays taken until this run is over: {}", log.run(), left.getMessage());
            }
        }
    }
}
