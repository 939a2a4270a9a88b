package dev.korm.cli;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Fence;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.schema.ColumnSchema;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the locks of a layer, or frees one. */
@Command(
        name = "locks",
        description = {
            "Lists the locks that programs share in a layer, one a line: lock, held or free, until when by the store's clock, token, and owner.",
            "",
            "A lock is free by itself when its program has not renewed it until then."
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is done",
            "1:the store does not answer, or has no such lock; standard error says why",
            "2:the command line was not valid"
        })
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class LocksCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "STORE",
            description =
                    "The layer that was given to withLocks(…): a URL, such as postgres://localhost/cars, or the file of an SQLite database.")
    private String store;

    @Option(names = "--all", description = "Lists free ones too.")
    private boolean all;

    @Option(
            names = "--free",
            paramLabel = "LOCK",
            description = {
                "An item's RN, or the name of a lock, as it is listed. Takes the lock away from whoever has it, and lists nothing. The holder loses it when it renews it next, and what it writes into this layer under the lock is refused at once."
            })
    private @Nullable String free;

    private LocksCommand() {}

    @Override
    public void run() {
        WalCommand.run(() -> {
            try (Layer layer = ResolveCommand.source(store).open("locks", Environment.system())) {
                if (free == null) {
                    list(layer);
                } else {
                    free(layer, free);
                }
            }
        });
    }

    private void list(Layer layer) {
        long now = layer.time().toEpochMilli();
        PrintWriter out = spec.commandLine().getOut();
        boolean any = false;
        for (StoredLock found : StoredLock.all(layer)) {
            boolean held = found.isHeld(now);
            if (held || all) {
                any = true;
                out.println(String.join(
                        "\t",
                        found.lock(),
                        held ? "held" : "free",
                        held ? Instant.ofEpochMilli(found.expires()).toString() : "-",
                        Long.toString(found.token()),
                        found.owner()));
            }
        }
        out.flush();
        if (!any) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(
                    all
                            ? "There was never a lock in this layer; programs share those of the layer that was given to withLocks(…)."
                            : "Nobody has a lock in this layer; --all lists those that are free.");
            err.flush();
        }
    }

    private void free(Layer layer, String lock) {
        StoredLock held = StoredLock.all(layer).stream()
                .filter(found -> found.lock().equals(lock) || found.lock().equals(StoredLock.NAMED + lock))
                .findFirst()
                .orElseThrow(() -> new Failure(
                        "There is no lock " + lock + "; `korm locks --all` has those that are there", null));
        if (!held.isHeld(layer.time().toEpochMilli())) {
            throw new Failure("The lock " + lock + " is free; nobody has it", null);
        }
        List<ColumnSchema> columns = List.of(column(StoredLock.EXPIRES), column(Fence.CHANGED), column(Fence.COLUMN));
        Row values = Row.of(0L, layer.time().toEpochMilli(), held.token() + 1);
        Mutation freed = new Mutation.Update(Fence.TABLE, held.lock(), OptionalLong.of(held.token()), columns, values);
        if (!(layer.apply(Batch.of(List.of(freed))) instanceof BatchResult.Applied)) {
            throw new Failure("The lock " + lock + " has another holder since it was looked at; try again", null);
        }
        PrintWriter err = spec.commandLine().getErr();
        err.println("The lock is free. It was of \"" + held.owner() + "\".");
        err.flush();
    }

    private static ColumnSchema column(String name) {
        return Fence.SCHEMA.column(name).orElseThrow();
    }
}
