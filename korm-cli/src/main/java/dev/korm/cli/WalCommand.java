package dev.korm.cli;

import dev.korm.KormException;
import dev.korm.recovery.JournaledChange;
import dev.korm.wal.LoggedChange;
import dev.korm.wal.WalReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is in a journal, and settles what waits for a person. */
@Command(
        name = "wal",
        description = {
            "Shows what is in a journal, and settles what waits for a person.",
            "",
            "A journal is the folder that a pool was given by withWal(Wal.at(…)). It may be in use."
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        subcommands = {WalCommand.ListChanges.class, WalCommand.Show.class, ResolveCommand.class},
        synopsisSubcommandLabel = "COMMAND")
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class WalCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private WalCommand() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing");
    }

    /** Does something with a journal; what it refuses is for the one who gave the command. */
    static void run(Runnable command) {
        try {
            command.run();
        } catch (KormException refused) {
            throw new Failure(String.valueOf(refused.getMessage()), refused);
        }
    }

    /** Lists changes. */
    @Command(
            name = "list",
            description = {
                "Lists the changes of a journal that are not finished, one a line: id, state, time, pool, and the layers with how many items each has. Where there is none, standard error says so.",
                "",
                "States: running (its program runs), unfinished (the next opening of its pool settles it), quarantined (a person has to decide), kept."
            },
            mixinStandardHelpOptions = true,
            versionProvider = KormCommand.Version.class,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:it is listed",
                "1:the journal cannot be read; standard error says why",
                "2:the command line was not valid"
            })
    @SuppressWarnings("NullAway.Init") // picocli fills it.
    static final class ListChanges implements Runnable {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "JOURNAL", description = "The journal's folder.")
        private Path journal;

        @Option(names = "--kept", description = "Lists what is finished and was kept instead.")
        private boolean kept;

        private ListChanges() {}

        @Override
        public void run() {
            PrintWriter out = spec.commandLine().getOut();
            AtomicLong count = new AtomicLong();
            Consumer<LoggedChange> each = found -> {
                out.println(line(found));
                count.incrementAndGet();
            };
            WalCommand.run(() -> {
                WalReader reader = WalReader.at(journal);
                if (kept) {
                    reader.kept(each);
                } else {
                    reader.unfinished(each);
                }
            });
            out.flush();
            if (count.get() == 0) {
                PrintWriter err = spec.commandLine().getErr();
                err.println(
                        kept
                                ? "No finished change was kept in " + journal + "."
                                : "There is no unfinished change in " + journal
                                        + ", if that is the folder that the pool was given by Wal.at(…).");
                err.flush();
            }
        }

        private static String line(LoggedChange found) {
            JournaledChange change = found.change();
            String layers = change.parts().stream()
                    .map(part -> part.layer() + "=" + part.writes().size())
                    .collect(Collectors.joining(" "));
            return String.join("\t", change.id(), state(found), change.time().toString(), change.pool(), layers);
        }
    }

    static String state(LoggedChange found) {
        return found.state().name().toLowerCase(Locale.ROOT);
    }

    /** Shows one change. */
    @Command(
            name = "show",
            description =
                    "Shows one change of a journal: its state, and the items that it writes in each layer. Never a value.",
            mixinStandardHelpOptions = true,
            versionProvider = KormCommand.Version.class,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:it is shown",
                "1:it is not there, or the journal cannot be read; standard error says why",
                "2:the command line was not valid"
            })
    @SuppressWarnings("NullAway.Init") // picocli fills it.
    static final class Show implements Runnable {
        @Spec
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "JOURNAL", description = "The journal's folder.")
        private Path journal;

        @Parameters(
                index = "1",
                paramLabel = "CHANGE",
                description = "The id of the change, as `korm wal list` has it.")
        private String id;

        private Show() {}

        @Override
        public void run() {
            WalCommand.run(() -> show(find(journal, id)
                    .orElseThrow(() -> new Failure(
                            "There is no change " + id + " in " + journal
                                    + ", or it is finished and was not kept; `korm wal list` has those that are there",
                            null))));
        }

        private static String meaning(LoggedChange.State state) {
            return switch (state) {
                case RUNNING -> ": its program runs";
                case UNFINISHED -> ": the next opening of its pool settles it";
                case QUARANTINED -> ": a person has to decide, by `korm wal resolve`";
                case KEPT -> ": it is finished";
            };
        }

        private void show(LoggedChange found) {
            JournaledChange change = found.change();
            PrintWriter out = spec.commandLine().getOut();
            out.println("change      " + change.id());
            out.println("state       " + state(found) + meaning(found.state()));
            out.println("time        " + change.time());
            out.println("pool        " + change.pool());
            out.println("decided by  " + change.coordinator());
            out.println("files       " + (change.hasFiles() ? "perhaps" : "none"));
            for (JournaledChange.Part part : change.parts()) {
                out.println("layer       " + part.layer());
                part.writes()
                        .forEach(write ->
                                out.println("  " + write.kind().name().toLowerCase(Locale.ROOT) + "\t" + write.item()));
            }
            out.flush();
        }
    }

    /** Returns a change, unfinished or kept; empty when there is none. */
    static Optional<LoggedChange> find(Path journal, String id) {
        LoggedChange[] found = new LoggedChange[1];
        WalReader reader = WalReader.at(journal);
        reader.unfinished(each -> found[0] = each.change().id().equals(id) ? each : found[0]);
        if (found[0] == null) {
            reader.kept(each -> found[0] = each.change().id().equals(id) ? each : found[0]);
        }
        return Optional.ofNullable(found[0]);
    }
}
