package dev.korm.cli;

import dev.korm.Document;
import dev.korm.FloatingItem;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.Rn;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Stores what a file of JSON lines holds. */
@Command(
        name = "import",
        description = {
            "Stores new items from a file of JSON lines: {\"rn\": …, \"data\": {…}} as `korm export` writes it, or the data alone, whose items then get ids of their own.",
            "",
            "The whole file is read first, and nothing is stored where a line is not valid. Items are then stored in groups, each wholly or not at all; where one is refused, standard error tells the line to go on from."
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is done; standard output says how many items",
            "1:it failed; standard error says why, and from which line on nothing is stored",
            "2:the command line was not valid"
        })
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class ImportCommand implements Runnable {
    private static final int GROUP = 500;

    @Spec
    private CommandSpec spec;

    @Mixin
    private PoolOptions pool;

    @Parameters(
            index = "0",
            paramLabel = "COLLECTION",
            description =
                    "The collection: namespace:kind, layer/namespace:kind where the pool has several layers, or an RN.")
    private String collection;

    @Parameters(index = "1", paramLabel = "FILE", description = "The file, in UTF-8.")
    private Path file;

    @Option(
            names = "--from-line",
            paramLabel = "LINE",
            defaultValue = "1",
            description = "The first line that is stored.")
    private long first;

    @Option(names = "--new-ids", description = "Every item gets an id of its own, also where its line has one.")
    private boolean newIds;

    @Option(names = "--progress", description = "Shows on standard error how far it has come.")
    private boolean shown;

    private ImportCommand() {}

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        WalCommand.run(() -> {
            Rn<Document> target = CollectionOptions.rn(collection);
            long[] lines = new long[1];
            each((line, text) -> {
                read(target, line, text);
                lines[0] = line;
            });
            try (Pool open = pool.open();
                    ProgressLine progress = new ProgressLine("import", ProgressLine.Option.of(shown))) {
                Import stored = new Import(Korm.item(Document.class, open), target, progress, lines[0]);
                each(stored::add);
                stored.flush();
                out.println(CollectionOptions.counted(stored.items));
            }
        });
        out.flush();
    }

    /** The treatment of a line. Lines are numbered from 1. */
    @FunctionalInterface
    private interface Line {
        void take(long number, String text);
    }

    /** The items that are not stored yet. */
    private final class Import {
        private final Items<Document> into;
        private final Rn<Document> target;
        private final ProgressLine progress;
        private final long lines;
        private final List<FloatingItem<Document>> group = new ArrayList<>();
        private long groupsFirstLine;
        private long line;
        private long items;

        Import(Items<Document> into, Rn<Document> target, ProgressLine progress, long lines) {
            this.into = into;
            this.target = target;
            this.progress = progress;
            this.lines = lines;
        }

        void add(long number, String text) {
            Entry entry = read(target, number, text);
            FloatingItem<Document> item = into.fromData(target, entry.data());
            if (group.isEmpty()) {
                groupsFirstLine = number;
            }
            group.add(entry.rn() == null ? item : item.withRn(entry.rn()));
            line = number;
            if (group.size() == GROUP) {
                flush();
            }
        }

        void flush() {
            if (group.isEmpty()) {
                return;
            }
            try {
                Korm.createAll(group);
            } catch (KormException refused) {
                throw new Failure(
                        refused.getMessage() + " Stored: " + CollectionOptions.counted(items)
                                + "; go on with --from-line " + groupsFirstLine,
                        refused);
            }
            items += group.size();
            group.clear();
            progress.at(line, lines);
        }
    }

    private record Entry(@Nullable Rn<Document> rn, Document data) {}

    private Entry read(Rn<Document> target, long line, String text) {
        Document whole;
        try {
            whole = Document.parse(text);
        } catch (KormException malformed) {
            throw new Failure("Line " + line + " is no JSON object: " + malformed.getMessage(), malformed);
        }
        if (!(whole.get("data").orElse(null) instanceof Document data) || !whole.has("rn")) {
            return new Entry(null, whole);
        }
        Rn<Document> rn = newIds ? null : rn(target, line, whole);
        return new Entry(rn, data);
    }

    private static Rn<Document> rn(Rn<Document> target, long line, Document whole) {
        if (!(whole.get("rn").orElse(null) instanceof Rn<?>)) {
            throw new Failure("Line " + line + ": its \"rn\" is no RN; --new-ids passes it over", null);
        }
        Rn<Document> rn = whole.rn("rn");
        if (rn.isDepot()
                || rn.id().isEmpty()
                || !rn.namespace().equals(target.namespace())
                || !rn.kind().equals(target.kind())) {
            throw new Failure(
                    "Line " + line + ": its \"rn\" names no item of " + target
                            + "; --new-ids gives the items ids of their own",
                    null);
        }
        return target.item(rn.id().get());
    }

    private void each(Line work) {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            long number = 0;
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                number++;
                if (number >= first && !text.isBlank()) {
                    work.take(number, text);
                }
            }
        } catch (IOException failed) {
            throw new Failure("Cannot read " + file + ": " + failed.getMessage(), failed);
        }
    }
}
