package dev.korm.cli;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.recovery.Resolution;
import dev.korm.spi.LayerSource;
import dev.korm.wal.LoggedChange;
import dev.korm.wal.Wal;
import dev.korm.wal.WalReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Settles a quarantined change. */
@Command(
        name = "resolve",
        description = {
            "Settles a quarantined change for good. For that the pool is opened, with all its layers; like every opening, this finishes what can be finished by itself.",
            "",
            "Depots are a part of the pool: those that are folders are given by --depot. With one in S3, a program that opens the pool settles the change, by pool.recovery().resolve(…)."
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the change is settled",
            "1:it could not be; standard error says why",
            "2:the command line was not valid"
        })
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class ResolveCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "JOURNAL", description = "The journal's folder.")
    private Path journal;

    @Parameters(index = "1", paramLabel = "CHANGE", description = "The id of the change, as `korm wal list` has it.")
    private String id;

    @Option(
            names = "--layer",
            required = true,
            paramLabel = "NAME=STORE",
            description =
                    "A layer of the pool under its name; once for each. A store is a URL, such as postgres://localhost/cars, or the file of an SQLite database.")
    private Map<String, String> layers;

    @Option(
            names = "--depot",
            paramLabel = "NAME=FOLDER",
            description = "A depot of the pool under its name, and its folder; once for each.")
    private Map<String, Path> depots = new LinkedHashMap<>();

    @ArgGroup(multiplicity = "1")
    private Choice choice;

    /** The decision. */
    @SuppressWarnings("NullAway.Init") // picocli fills it.
    static final class Choice {
        @Option(
                names = "--ours",
                description =
                        "Writes what is missing over what others have written since. Items that others deleted stay deleted.")
        private boolean ours;

        @Option(
                names = "--theirs",
                description = "Writes what still fits, and leaves what others have changed as it is.")
        private boolean theirs;

        @Option(names = "--forget", description = "Writes nothing more: the layers keep differing.")
        private boolean forget;

        private Choice() {}

        private Resolution resolution() {
            if (forget) {
                return Resolution.FORGET;
            }
            return theirs && !ours ? Resolution.THEIRS : Resolution.OURS;
        }
    }

    private ResolveCommand() {}

    @Override
    public void run() {
        WalCommand.run(this::resolve);
    }

    private void resolve() {
        LoggedChange wanted = WalCommand.find(journal, id)
                .filter(found -> found.state() != LoggedChange.State.KEPT)
                .orElseThrow(() -> new Failure(
                        "There is no unfinished change " + id + " in " + journal
                                + "; `korm wal list` has those that are there",
                        null));
        String poolId = wanted.change().pool();
        if (depots.isEmpty()) {
            WalReader.at(journal).unfinished(each -> requireNoFiles(each, poolId));
        }
        PoolBuilder builder = Korm.pool();
        layers.forEach((name, store) -> builder.layer(name, source(store)));
        depots.forEach((name, folder) -> builder.depot(name, LocalDepot.at(existing(folder))));
        try (Pool pool = builder.withWal(Wal.at(journal)).open()) {
            if (!pool.id().equals(poolId)) {
                throw new Failure(
                        "The change is of the pool " + poolId + ", and what is given makes the pool " + pool.id()
                                + ": give all layers of the pool by --layer and all its depots by --depot, each under its own name. The change has parts in "
                                + String.join(
                                        ", ",
                                        wanted.change().parts().stream()
                                                .map(part -> part.layer())
                                                .toList()),
                        null);
            }
            boolean waits = pool.recovery().quarantined().stream()
                    .anyMatch(each -> each.id().equals(id));
            PrintWriter err = spec.commandLine().getErr();
            if (waits) {
                pool.recovery().resolve(id, choice.resolution());
                err.println("The change is settled.");
            } else if (pool.recovery().atOpening().unreachable() > 0) {
                throw new Failure(
                        "A layer did not answer when the pool was opened, so the change is not settled; try again when it does",
                        null);
            } else if (pool.recovery().atOpening().found() > 0) {
                err.println("The change was not quarantined; opening the pool has settled it by itself.");
            } else {
                throw new Failure(
                        "The change is held by a program that runs. Settle it there, by pool.recovery().resolve(…), or end the"
                                + " program first",
                        null);
            }
            err.flush();
        }
    }

    private void requireNoFiles(LoggedChange each, String poolId) {
        if (each.change().hasFiles() && each.change().pool().equals(poolId)) {
            throw new Failure(
                    "The change " + each.change().id()
                            + " of the same pool may have files, which only an opening with the pool's depots brings to their"
                            + " names. Give the depots by --depot, or settle it in a program that has them, by pool.recovery().resolve(…)",
                    null);
        }
    }

    private static Path existing(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new Failure(folder + " is not there; a depot is given as the folder of its files", null);
        }
        return folder;
    }

    /** Returns whether a word of the command line names a file, and no server. */
    static boolean isFile(String store) {
        return !store.startsWith("postgres")
                && !store.startsWith("mysql:")
                && !store.startsWith("mariadb:")
                && !store.startsWith("jdbc:");
    }

    /** Returns the store that a word of the command line names. */
    static LayerSource source(String store) {
        if (store.startsWith("postgres") || store.startsWith("jdbc:postgresql:")) {
            return Postgres.url(store);
        }
        if (store.startsWith("mysql:") || store.startsWith("mariadb:") || store.startsWith("jdbc:")) {
            return MySql.url(store);
        }
        Path file = Path.of(store);
        if (!Files.isRegularFile(file)) {
            throw new Failure(file + " is not there; a store is a URL or the file of an SQLite database", null);
        }
        return Sqlite.file(file);
    }
}
