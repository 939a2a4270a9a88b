package dev.korm.cli;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.depots.local.LocalDepot;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.wal.Wal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which pool a command is about. */
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class PoolOptions {
    @Option(
            names = "--pool",
            paramLabel = "STORE",
            description =
                    "Opens the pool as its metadata says, which is in this store; layers and depots that are given too take precedence.")
    private @Nullable String pool;

    @Option(
            names = "--layer",
            paramLabel = "NAME=STORE",
            description = "A layer as the program names it, and its store: a URL, or the file of an SQLite database.")
    private Map<String, String> layers = new LinkedHashMap<>();

    @Option(
            names = "--depot",
            paramLabel = "NAME=FOLDER",
            description = "A depot as the program names it, and its folder.")
    private Map<String, Path> depots = new LinkedHashMap<>();

    @Option(
            names = "--journal",
            paramLabel = "FOLDER",
            description = "The folder of the pool's journal, where it has one.")
    private @Nullable Path journal;

    @Option(
            names = "--history",
            description =
                    "The pool keeps a history: what is written gets versions, and backups can be of earlier moments.")
    private boolean history;

    @Option(
            names = "--locks",
            paramLabel = "LAYER",
            description =
                    "The layer in which the programs share their locks, where they do: a restore then waits for locks of items, and keeps others out.")
    private @Nullable String locks;

    @Option(names = "--create", description = "Makes SQLite databases that are not there, to restore into.")
    private boolean create;

    /** Returns the layers that are given, under their names, each with how it is opened by itself. */
    Map<String, Supplier<Layer>> layers() {
        Map<String, Supplier<Layer>> all = new LinkedHashMap<>();
        layers.forEach((name, store) ->
                all.put(name, () -> ResolveCommand.source(store).open(name, Environment.system())));
        return all;
    }

    /** Opens the pool. */
    Pool open() {
        if (pool == null && layers.isEmpty()) {
            throw new Failure(
                    "no layer is given; name each one of the pool with --layer, or its metadata with --pool", null);
        }
        PoolBuilder builder = pool == null ? Korm.pool() : Korm.discover(ResolveCommand.source(pool));
        layers.forEach((name, store) -> builder.layer(
                name,
                create && ResolveCommand.isFile(store)
                        ? dev.korm.jdbc.Sqlite.file(Path.of(store))
                        : ResolveCommand.source(store)));
        depots.forEach((name, folder) -> builder.depot(name, LocalDepot.at(folder)));
        if (journal != null) {
            builder.withWal(Wal.at(journal));
        }
        if (history) {
            builder.withHistory();
        }
        if (locks != null) {
            builder.withLocks(locks);
        }
        return builder.open();
    }
}
