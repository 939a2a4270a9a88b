package dev.korm.cli;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.danger.Reset;
import dev.korm.danger.ResetMode;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes away what korm has put into the stores of a pool, or lists it. */
@Command(
        name = "reset",
        description = {
            "Takes away what korm has put into the layers and depots of a pool, or lists it with --dry-run. What korm did not make stays.",
            "",
            "--dry-run prints the text that --confirm has to be given."
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is done, or listed",
            "1:it failed, or other things would go than was confirmed; standard error says why",
            "2:the command line was not valid"
        })
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class ResetCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private PoolOptions pool;

    @Option(
            names = "--what",
            paramLabel = "MODE",
            defaultValue = "ALL",
            description = "ALL, LAYERS, DEPOTS or META; ${DEFAULT-VALUE} where nothing is said.")
    private ResetMode mode;

    @ArgGroup(multiplicity = "1")
    private Choice choice;

    /** The choice between looking and doing. */
    @SuppressWarnings("NullAway.Init") // picocli fills it.
    static final class Choice {
        @Option(names = "--dry-run", required = true, description = "Lists what would go, and changes nothing.")
        private boolean dry;

        @Option(
                names = "--confirm",
                required = true,
                paramLabel = "TEXT",
                description = "The text that --dry-run has printed: it says what goes.")
        private @Nullable String confirmation;

        private Choice() {}
    }

    private ResetCommand() {}

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        WalCommand.run(() -> {
            try (Pool open = pool.open()) {
                Reset plan = Korm.danger().reset(open, mode);
                if (!choice.dry) {
                    plan.run(Objects.requireNonNullElse(choice.confirmation, ""));
                    return;
                }
                plan.tables()
                        .forEach(table -> out.println(
                                "table\t" + table.layer() + "\t" + table.name() + "\t" + table.rows() + " rows"));
                plan.folders()
                        .forEach(folder -> out.println("files\t" + folder.depot() + "\t" + folder.name() + "\t"
                                + folder.files() + " files\t" + folder.bytes() + " bytes"));
                out.println(plan.confirmation());
            }
        });
        out.flush();
    }
}
