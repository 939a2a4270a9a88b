package dev.korm.cli;

import dev.korm.ConfigurationException;
import dev.korm.Pool;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.ChainLimit;
import dev.korm.backup.PoolBackups.Settling;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.RestoreReport;
import dev.korm.backup.UnfinishedRestore;
import dev.korm.backup.Verification.Depth;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes, lists, verifies and restores backups of a pool. */
@Command(
        name = "backup",
        description = "Makes, lists, verifies and restores backups of a pool, in one of its depots.",
        subcommands = {
            BackupCommand.Run.class,
            BackupCommand.ListBackups.class,
            BackupCommand.Verify.class,
            BackupCommand.Restore.class,
            BackupCommand.Resume.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class)
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class BackupCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private BackupCommand() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing: run, list, verify, restore or resume");
    }

    /** The parts that all of them have. */
    @Command(
            mixinStandardHelpOptions = true,
            versionProvider = KormCommand.Version.class,
            sortOptions = false,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:it is done", "1:it failed; standard error says why", "2:the command line was not valid"})
    @SuppressWarnings("NullAway.Init") // picocli fills it.
    abstract static class OfPool implements Runnable {
        @Spec
        private CommandSpec spec;

        @Mixin
        private PoolOptions pool;

        @Parameters(index = "0", paramLabel = "DEPOT", description = "The name of the depot with the backups.")
        private String depot;

        @Option(names = "--progress", description = "Shows on standard error how far it has come.")
        private boolean shown;

        ProgressLine progress(String what) {
            return new ProgressLine(what, ProgressLine.Option.of(shown));
        }

        String depot() {
            return depot;
        }

        PrintWriter out() {
            return spec.commandLine().getOut();
        }

        void with(Consumer<Pool> work) {
            WalCommand.run(() -> {
                try (Pool open = pool.open()) {
                    work.accept(open);
                }
            });
            out().flush();
        }

        BackupId id(String name) {
            if (!BackupId.isName(name)) {
                throw new ParameterException(
                        spec.commandLine(), name + " is not the name of a backup; korm backup list tells them");
            }
            return new BackupId(depot, name);
        }

        void tell(RestoreReport report) {
            out().println(report.created() + " created, " + report.deleted() + " deleted, " + report.kept()
                    + " left as they were, " + report.files() + " files; what was there before: "
                    + report.safety().name());
            report.notes().forEach(note -> out().println("note: " + note));
        }
    }

    /** Makes a backup. */
    @Command(name = "run", description = "Makes a backup, reads it back, and prints its name.")
    static final class Run extends OfPool {
        @Option(names = "--full", description = "Verifies it by restoring it into an empty database.")
        private boolean full;

        @Option(names = "--files", description = "Copies the content of all files along.")
        private boolean files;

        @Option(
                names = "--incremental",
                description =
                        "Stores what has changed since the last backup that was verified. Where there is none, or the last full one is a week old, it is full.")
        private boolean incremental;

        @Option(
                names = "--full-each",
                paramLabel = "COUNT",
                description = "With --incremental: makes every so many a full one, instead of each week.")
        private @Nullable Integer fullEach;

        @Option(
                names = "--as-of",
                paramLabel = "MOMENT",
                description =
                        "Makes a backup of what was there at an earlier moment, such as 2026-11-28T12:00:00Z, of the history of the pool.")
        private @Nullable Instant moment;

        @Option(names = "--sealed", description = "Seals the backup as a whole with the current key of the ring.")
        private boolean whole;

        @Option(
                names = "--max-rate",
                paramLabel = "BYTES",
                description =
                        "Takes so many bytes a second at the most, such as 500k or 20M, to leave the machine to others.")
        private @Nullable String maxRate;

        private Run() {}

        private BackupOptions limited(BackupOptions options, String rate) {
            int digits = rate.length() - (rate.endsWith("k") || rate.endsWith("M") ? 1 : 0);
            long unit = rate.endsWith("k") ? 1_000 : rate.endsWith("M") ? 1_000_000 : 1;
            try {
                return options.maxRate(Math.multiplyExact(Long.parseLong(rate, 0, digits, 10), unit));
            } catch (NumberFormatException | ArithmeticException malformed) {
                throw new Failure("--max-rate: " + rate + " is no number of bytes, such as 500k or 20M", malformed);
            } catch (ConfigurationException low) {
                throw new Failure("--max-rate: " + low.getMessage(), low);
            }
        }

        private ChainLimit limit() {
            try {
                return fullEach == null ? ChainLimit.weekly() : ChainLimit.backups(fullEach);
            } catch (ConfigurationException invalid) {
                throw new Failure("--full-each: " + invalid.getMessage(), invalid);
            }
        }

        @Override
        public void run() {
            with(pool -> {
                try (ProgressLine progress = progress("backup")) {
                    BackupOptions options = BackupOptions.defaults().progress(progress);
                    options = full ? options.verify(Depth.FULL) : options;
                    options = files ? options.withFiles() : options;
                    options = whole ? options.sealed() : options;
                    options = maxRate == null ? options : limited(options, maxRate);
                    options = incremental || fullEach != null ? options.incremental(limit()) : options;
                    BackupInfo backup = moment == null
                            ? pool.backups().run(depot(), options)
                            : pool.backups().asOf(moment, depot(), options);
                    out().println(backup.id().name()
                            + backup.base()
                                    .map(base -> " adds to " + base.name())
                                    .orElse(""));
                    backup.notes().forEach(note -> out().println("note: " + note));
                }
            });
        }
    }

    /** Lists backups. */
    @Command(
            name = "list",
            description =
                    "Lists the backups of a pool, the newest first, one a line: name, kind (full, increment, safety or as_of), items, bytes, how it was verified, and for an increment what it adds to.")
    static final class ListBackups extends OfPool {
        private ListBackups() {}

        @Override
        public void run() {
            with(pool -> {
                for (BackupInfo backup : pool.backups().list(depot())) {
                    out().println(String.join(
                            "\t",
                            backup.id().name(),
                            backup.kind().name().toLowerCase(java.util.Locale.ROOT),
                            Long.toString(backup.items()),
                            Long.toString(backup.bytes()),
                            backup.verified()
                                            .map(proof -> proof.depth().name().toLowerCase(java.util.Locale.ROOT) + " "
                                                    + proof.at())
                                            .orElse("not verified")
                                    + backup.base()
                                            .map(base -> "\tadds to " + base.name())
                                            .orElse("")));
                    backup.notes().forEach(note -> out().println("\tnote: " + note));
                }
                pool.backups().unfinishedRestore(depot()).ifPresent(left -> out().println("A restore of "
                        + left.backup().name() + " was cut off, or is under way; korm backup resume ends it"));
            });
        }
    }

    /** Verifies a backup. */
    @Command(name = "verify", description = "Reads a backup back and compares it with its checksums.")
    @SuppressWarnings("NullAway.Init") // picocli fills it.
    static final class Verify extends OfPool {
        @Parameters(index = "1", paramLabel = "BACKUP", description = "The name of the backup.")
        private String name;

        @Option(names = "--full", description = "Restores it into an empty database, and compares what is there.")
        private boolean full;

        private Verify() {}

        @Override
        public void run() {
            BackupId id = id(name);
            with(pool -> {
                try (ProgressLine progress = progress("verify")) {
                    BackupInfo good = pool.backups().verify(id, full ? Depth.FULL : Depth.QUICK, progress);
                    out().println(good.id().name() + " is good: " + good.items() + " items");
                }
            });
        }
    }

    /** Restores a backup. */
    @Command(
            name = "restore",
            description =
                    "Verifies a backup, makes a backup of what is there, and puts the items of the backup in its place. Stop the programs that write before.")
    @SuppressWarnings("NullAway.Init") // picocli fills it.
    static final class Restore extends OfPool {
        @Parameters(index = "1", paramLabel = "BACKUP", description = "The name of the backup.")
        private String name;

        @Option(names = "--merge", description = "Adds items that are missing, and leaves alone what is there.")
        private boolean merge;

        @Option(names = "--any-pool", description = "Accepts a backup of another pool.")
        private boolean any;

        @Option(
                names = "--into",
                paramLabel = "LAYER=LAYER",
                description = "A layer of the backup, and the layer of the pool that it goes to.")
        private Map<String, String> into = new LinkedHashMap<>();

        @Option(
                names = "--wait",
                paramLabel = "SECONDS",
                description =
                        "How long those are waited for who have the lock of an item, restore another backup, or make one by schedule; ${DEFAULT-VALUE}.",
                defaultValue = "90")
        private long seconds;

        private Restore() {}

        @Override
        public void run() {
            BackupId id = id(name);
            with(pool -> {
                try (ProgressLine progress = progress("restore")) {
                    RestoreOptions options = merge ? RestoreOptions.merge() : RestoreOptions.replace();
                    options = any ? options.fromAnyPool() : options;
                    options = options.patience(Duration.ofSeconds(Math.max(0, seconds)));
                    for (Map.Entry<String, String> each : into.entrySet()) {
                        options = options.layer(each.getKey(), each.getValue());
                    }
                    tell(pool.backups().restore(id, options.progress(progress)));
                }
            });
        }
    }

    /** Ends a restore that was cut off. */
    @Command(name = "resume", description = "Ends a restore that was cut off: makes it again, or undoes it.")
    static final class Resume extends OfPool {
        @Option(names = "--undo", description = "Puts back what was there before.")
        private boolean undo;

        private Resume() {}

        @Override
        public void run() {
            with(pool -> {
                UnfinishedRestore left = pool.backups()
                        .unfinishedRestore(depot())
                        .orElseThrow(() -> new Failure(
                                "no restore into this pool was cut off, as far as the depot " + depot() + " knows",
                                null));
                tell(pool.backups().settle(left, undo ? Settling.UNDO : Settling.FINISH));
            });
        }
    }
}
