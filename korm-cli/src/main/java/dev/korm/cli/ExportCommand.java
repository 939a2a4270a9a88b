package dev.korm.cli;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Pool;
import dev.korm.Query;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a collection to a file of JSON lines. */
@Command(
        name = "export",
        description = {
            "Writes items of a collection to a new file, as JSON, one a line: {\"rn\": …, \"revision\": …, \"data\": {…}}.",
            "",
            "For other programs to read. Sealed values and the bytes of files cannot be in it: what can be restored exactly is a backup."
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is done; standard output says how many items",
            "1:it failed, and the file is not there; standard error says why",
            "2:the command line was not valid"
        })
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class ExportCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private PoolOptions pool;

    @Mixin
    private CollectionOptions items;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file, which is not there yet.")
    private Path file;

    @Option(
            names = "--without-secrets",
            description = "Leaves out sealed values and hashes of passwords, which an export is refused for otherwise.")
    private boolean withoutSecrets;

    @Option(names = "--progress", description = "Shows on standard error how far it has come.")
    private boolean shown;

    private ExportCommand() {}

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        WalCommand.run(() -> {
            items.check();
            try (Pool open = pool.open();
                    ProgressLine progress = new ProgressLine("export", ProgressLine.Option.of(shown))) {
                out.println(CollectionOptions.counted(write(items.query(open), progress)));
            }
        });
        out.flush();
    }

    private long write(Query<Document> query, ProgressLine progress) {
        long total = shown ? query.count() : 0;
        boolean whole = false;
        try (BufferedWriter lines =
                Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW)) {
            long written = 0;
            try (Stream<Item<Document>> stream = query.stream()) {
                for (Item<Document> item : (Iterable<Item<Document>>) stream::iterator) {
                    lines.write(CollectionOptions.line(item, open(item)));
                    lines.write('\n');
                    progress.at(++written, total);
                }
            }
            lines.flush();
            whole = true;
            return written;
        } catch (FileAlreadyExistsException there) {
            whole = true; // Somebody else's.
            throw new Failure(file + " is there already; name a new file", there);
        } catch (IOException failed) {
            throw new Failure("Cannot write " + file + ": " + failed.getMessage(), failed);
        } finally {
            if (!whole) {
                remove();
            }
        }
    }

    /** Returns the data without secrets, of which none is left out in silence. */
    private Document open(Item<Document> item) {
        return Secrets.without(item, path -> {
            if (!withoutSecrets) {
                throw new Failure(
                        item.rn() + " has a secret at " + path
                                + ", which cannot be exported; leave out secrets by --without-secrets, or make a backup",
                        null);
            }
        });
    }

    /** Half a file would be taken for a whole one. */
    private void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
