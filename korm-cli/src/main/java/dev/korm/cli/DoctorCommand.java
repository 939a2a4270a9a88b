package dev.korm.cli;

import dev.korm.KormException;
import dev.korm.MetadataException;
import dev.korm.Pool;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupStatus;
import dev.korm.event.Ping;
import dev.korm.key.KeyRing;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.spi.Layer;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what is wrong with a pool, and the way out. */
@Command(
        name = "doctor",
        description = {
            "Says what is wrong with a pool, one a line: what it is about, what is wrong, and the way out.",
            "",
            "It looks at layers and depots, the metadata, keys, changes that were cut off or wait for a person, restores that did not end, stale locks, schedules and backups. The pool is opened for that; like every opening, this finishes changes that can be finished."
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing is wrong", "1:something is", "2:the command line was not valid"})
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class DoctorCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Spec
    private CommandSpec spec;

    @Mixin
    private PoolOptions pool;

    @Option(
            names = "--backup-age",
            paramLabel = "DAYS",
            defaultValue = "8",
            description =
                    "How old the last verified backup may be, where a depot has backups; ${DEFAULT-VALUE} where nothing is said.")
    private int days;

    @Option(
            names = "--files",
            description = "Looks for files that items name and that are not there, too. Reads every item.")
    private boolean files;

    private final List<Finding> findings = new ArrayList<>();

    private DoctorCommand() {}

    /**
     * A thing that is wrong.
     *
     * @param about the part of the pool
     */
    private record Finding(String about, String wrong, String wayOut) {
        String line() {
            return String.join("\t", about, flat(wrong), flat(wayOut));
        }

        private static String flat(String text) {
            return text.replaceAll("\\s+", " ");
        }
    }

    private void found(String about, String wrong, String wayOut) {
        findings.add(new Finding(about, wrong, wayOut));
    }

    /** Looks at something; what it throws is a finding. */
    private void look(String about, Runnable work) {
        try {
            work.run();
        } catch (KormException wrong) {
            found(about, String.valueOf(wrong.getMessage()), "the message says it");
        }
    }

    @Override
    public Integer call() {
        Optional<Pool> opened = opened();
        if (opened.isPresent()) {
            try (Pool open = opened.get()) {
                examine(open);
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(finding -> out.println(finding.line()));
        if (findings.isEmpty()) {
            out.println("nothing is wrong");
        }
        out.flush();
        return findings.isEmpty() ? 0 : 1;
    }

    private Optional<Pool> opened() {
        try {
            return Optional.of(pool.open());
        } catch (MetadataException differs) {
            found("metadata", String.valueOf(differs.getMessage()), "the message has the ways out");
        } catch (KormException | Failure closed) {
            int before = findings.size();
            pool.layers().forEach((name, source) -> reach("layer " + name, source));
            if (findings.size() == before) {
                found("pool", "it cannot be opened: " + closed.getMessage(), "the message says it");
            }
        }
        return Optional.empty();
    }

    /** Opens a layer by itself, to say which it is that fails. */
    private void reach(String about, Supplier<Layer> opening) {
        try (Layer open = opening.get()) {
            open.tables();
        } catch (KormException | Failure away) {
            found(about, "it cannot be opened: " + away.getMessage(), "the message says it");
        }
    }

    private void examine(Pool open) {
        Set<String> away = new TreeSet<>();
        for (Ping ping : open.ping(PATIENCE)) {
            if (ping.failure().isPresent()) {
                if (ping.store() == Ping.Store.DEPOT) {
                    away.add(ping.name());
                }
                found(
                        (ping.store() == Ping.Store.DEPOT ? "depot " : "layer ") + ping.name(),
                        "it does not answer: " + ping.failure().get().getMessage(),
                        "look after the store, and whether this machine reaches it");
            }
        }
        look("recovery", () -> recovery(open));
        look("keys", () -> keys(open));
        look("schedules", () -> open.backups().status().forEach(this::schedule));
        pool.layers().forEach((name, layer) -> look("locks in " + name, () -> locks(name, layer)));
        for (String depot : open.depots()) {
            if (!away.contains(depot)) {
                look("backups in " + depot, () -> backups(open, depot));
            }
        }
        if (files) {
            look("files", () -> new MissingFiles(open, pool)
                    .find((file, count) -> found(
                            "file " + file,
                            "items name it (" + count + "), and it is not there",
                            "restore it from a backup that was made with files, or put it back by pool.files()")));
        }
    }

    /** Looks for locks that ended with their programs. */
    private void locks(String name, Supplier<Layer> opening) {
        try (Layer layer = opening.get()) {
            long now = layer.time().toEpochMilli();
            for (StoredLock lock : StoredLock.all(layer)) {
                if (lock.isStale(now)) {
                    found(
                            "lock " + lock.lock(),
                            "it is stale: \"" + lock.owner() + "\" had it in " + name + " until "
                                    + Instant.ofEpochMilli(lock.expires())
                                    + ", and neither renewed it nor gave it back",
                            "look after that program, which was killed or cut off; others can take the lock, and korm locks … --free "
                                    + lock.lock() + " tidies it up");
                }
            }
        }
    }

    private void recovery(Pool open) {
        for (QuarantinedChange change : open.recovery().quarantined()) {
            found(
                    "change " + change.id(),
                    "it is quarantined since others have changed the same items; missing in "
                            + String.join(
                                    ", ",
                                    change.missing().stream()
                                            .map(QuarantinedChange.Missing::layer)
                                            .toList()),
                    "korm wal resolve --ours, --theirs or --forget");
        }
        long unreachable = open.recovery().atOpening().unreachable();
        if (unreachable > 0) {
            found(
                    "recovery",
                    unreachable + " changes cannot be finished, since a layer does not answer",
                    "look after the layers; a running program then finishes them by itself");
        }
    }

    private void keys(Pool open) {
        Set<String> used = open.keys().report().keyIds();
        if (used.isEmpty()) {
            return;
        }
        Set<String> known = new TreeSet<>();
        try (KeyRing ring = KeyRing.fromEnvironment()) {
            known.addAll(ring.ids());
        } catch (KormException none) {
            found("keys", String.valueOf(none.getMessage()), "the message says it");
        }
        for (String id : used) {
            if (!known.contains(id)) {
                found(
                        "key " + id,
                        open.keys().report().count(id) + " values are sealed with it, and the ring does not have it",
                        "add the key to the ring, by the variables of KeyRing; without it these values are lost");
            }
        }
    }

    private void schedule(BackupStatus status) {
        if (status.failures() > 0) {
            found(
                    "schedule of " + status.layer(),
                    "its backup has failed " + status.failures() + " times: "
                            + status.lastError().orElse("it is not known why"),
                    status.retry().map(retry -> "it is tried again at " + retry).orElse("korm backup run shows it"));
        }
    }

    private void backups(Pool open, String depot) {
        open.backups()
                .unfinishedRestore(depot)
                .ifPresent(left -> found(
                        "restore of " + left.backup().name(),
                        "it began at " + left.began() + " and did not end; items may be of the backup or from before",
                        "korm backup resume " + depot + ", or with --undo; not while a program is at it"));
        List<BackupInfo> backups = open.backups().list(depot).stream()
                .filter(backup -> backup.kind() == BackupInfo.Kind.FULL || backup.kind() == BackupInfo.Kind.INCREMENT)
                .toList();
        for (BackupInfo backup : backups) {
            if (backup.verified().isEmpty()) {
                found(
                        "backup " + backup.id().name(),
                        "it was not verified, or what it adds to was not"
                                + (backup.bytes() == 0 ? "; its manifest cannot be read" : ""),
                        "korm backup verify " + depot + " " + backup.id().name());
            }
        }
        Optional<Instant> last = backups.stream()
                .filter(backup -> backup.verified().isPresent())
                .map(BackupInfo::cut)
                .findFirst();
        Instant oldest = Instant.now().minus(Duration.ofDays(days));
        if (!backups.isEmpty() && last.filter(oldest::isBefore).isEmpty()) {
            found(
                    "backups in " + depot,
                    last.map(cut -> "the last that was verified is of " + cut).orElse("none was verified"),
                    "korm backup run " + depot);
        }
    }
}
