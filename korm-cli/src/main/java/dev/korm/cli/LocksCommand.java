package dev.korm.cli;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Fence;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
    private static final String EXPIRES = "expires_at";

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
                "Takes a lock away from whoever has it, and lists nothing. The holder loses it when it renews it next, and what it writes into this layer under the lock is refused at once."
            })
    private @Nullable String free;

    private LocksCommand() {}

    /** @param expires milliseconds since 1970 by the store's clock */
    private record Found(String lock, String owner, long expires, long token) {}

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
        for (Found found : found(layer)) {
            boolean held = found.expires() > now;
            if (held || all) {
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
    }

    private void free(Layer layer, String lock) {
        Found held = found(layer).stream()
                .filter(found -> found.lock().equals(lock))
                .findFirst()
                .orElseThrow(() -> new Failure(
                        "There is no lock " + lock + "; `korm locks --all` has those that are there", null));
        List<ColumnSchema> columns = List.of(column(EXPIRES), column(Fence.CHANGED), column(Fence.COLUMN));
        Row values = Row.of(0L, layer.time().toEpochMilli(), held.token() + 1);
        Mutation freed = new Mutation.Update(Fence.TABLE, lock, OptionalLong.of(held.token()), columns, values);
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

    private static List<Found> found(Layer layer) {
        if (layer.describe(Fence.TABLE).isEmpty()) {
            return List.of();
        }
        try {
            return rows(layer);
        } catch (SchemaMovedException withoutToken) {
            // Of the original alone so far.
            layer.evolve(Fence.SCHEMA, Set.of());
            return rows(layer);
        }
    }

    private static List<Found> rows(Layer layer) {
        Output lock = output(Fence.TABLE.key(), ColumnKind.ID);
        List<Output> outputs = List.of(
                lock,
                output("owner", ColumnKind.TEXT),
                output(EXPIRES, ColumnKind.INTEGER),
                output(Fence.COLUMN, ColumnKind.INTEGER));
        Selection selection = new Selection(
                Fence.TABLE,
                List.of(),
                outputs,
                Condition.ALWAYS,
                List.of(),
                List.of(new SortKey(lock, SortKey.Direction.ASCENDING, SortKey.Nulls.LAST)),
                OptionalLong.empty());
        List<Found> rows = new ArrayList<>();
        try (RowCursor row = layer.select(selection)) {
            while (row.next()) {
                rows.add(new Found(
                        String.valueOf(row.get(0)),
                        String.valueOf(row.get(1)),
                        number(row.get(2)).orElse(0L),
                        number(row.get(3)).orElse(0L)));
            }
        }
        return rows;
    }

    private static Output output(String column, ColumnKind kind) {
        return new Output.Value(new Operand.Column(0, column, kind));
    }

    private static Optional<Long> number(@Nullable Object value) {
        return value instanceof Number number ? Optional.of(number.longValue()) : Optional.empty();
    }
}
