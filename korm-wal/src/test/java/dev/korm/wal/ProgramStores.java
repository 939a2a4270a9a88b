package dev.korm.wal;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.depots.local.LocalDepot;
import dev.korm.depots.s3.S3Depot;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.jdbc.Sqlite.Durability;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.JournalSource;
import dev.korm.spi.support.ForwardingLayer;
import dev.korm.wal.run.Steps;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The stores of a program's pool, in words that its command line can hold: {@code kind name place…}. */
record ProgramStores(List<String> words) {
    ProgramStores {
        words = List.copyOf(words);
    }

    /** Returns two databases of SQLite, a folder for files and a journal, in one folder. */
    static ProgramStores in(Path folder) {
        return new ProgramStores(List.of(
                "sqlite left " + folder.resolve("left.sqlite"),
                "sqlite right " + folder.resolve("right.sqlite"),
                "folder files " + folder.resolve("files"),
                "journal - " + folder.resolve("journal")));
    }

    /** Returns the same with a kind of store in place of another. */
    ProgramStores with(String kind, String other) {
        return new ProgramStores(words.stream()
                .map(word -> word.startsWith(kind + " ") ? other + word.substring(kind.length()) : word)
                .toList());
    }

    Pool open() {
        return open(source -> source, source -> source, source -> source);
    }

    /** Opens the pool with something between it and its stores. */
    Pool open(
            UnaryOperator<LayerSource> layer, UnaryOperator<DepotSource> depot, UnaryOperator<JournalSource> journal) {
        PoolBuilder builder = Korm.pool();
        layers().forEach((name, source) -> builder.layer(name, layer.apply(source)));
        depots().forEach((name, source) -> builder.depot(name, depot.apply(source)));
        return builder.withWal(journal.apply(journal())).open();
    }

    Map<String, LayerSource> layers() {
        Map<String, LayerSource> layers = new TreeMap<>();
        for (String[] word : split()) {
            switch (word[0]) {
                case "sqlite" -> layers.put(word[1], Sqlite.file(Path.of(word[2])));
                case "unsynced-sqlite" -> layers.put(word[1], unsynced(Path.of(word[2])));
                case "postgres" -> layers.put(word[1], Postgres.url(word[2]).schema(word[3]));
                case "mysql" -> layers.put(word[1], MySql.url(word[2]));
                default -> {}
            }
        }
        return layers;
    }

    Map<String, DepotSource> depots() {
        Map<String, DepotSource> depots = new TreeMap<>();
        for (String[] word : split()) {
            if (word[0].equals("folder")) {
                depots.put(word[1], LocalDepot.at(Path.of(word[2])));
            } else if (word[0].equals("s3")) {
                depots.put(
                        word[1],
                        S3Depot.bucket("korm-test")
                                .endpoint(word[2])
                                .credentials(word[3], word[4])
                                // The turn that a killed program has there ends after four times as long.
                                .timeout(Duration.ofSeconds(6))
                                .prefix(word[5]));
            }
        }
        return depots;
    }

    private JournalSource journal() {
        for (String[] word : split()) {
            if (word[0].equals("journal")) {
                return Wal.at(Path.of(word[2]));
            }
            if (word[0].equals("unsynced-journal")) {
                Steps steps = new Steps(Set.of(Steps.Shortcut.APPENDS_UNSYNCED, Steps.Shortcut.SEGMENTS_UNSYNCED));
                return Wal.at(Path.of(word[2])).with(new Wal.Settings(4 << 20, 8, 10_000, steps));
            }
        }
        throw new IllegalArgumentException("No journal in " + words);
    }

    private List<String[]> split() {
        List<String[]> split = new ArrayList<>();
        words.forEach(word -> split.add(word.split(" ")));
        return split;
    }

    /** Returns a database that does not sync its commits, and says that it does. */
    private static LayerSource unsynced(Path file) {
        return new LayerSource() {
            @Override
            public Layer open(String name, Environment environment) {
                return new ForwardingLayer(
                        Sqlite.file(file).durability(Durability.NORMAL).open(name, environment)) {
                    @Override
                    public Capabilities capabilities() {
                        return super.capabilities().with(Feature.DURABLE);
                    }
                };
            }
        };
    }
}
