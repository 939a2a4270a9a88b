package dev.korm.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command. */
@Command(
        name = "korm",
        description = "Manages keys, data, journals and locks of korm for Java, and runs its gateway.",
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        subcommands = {
            QueryCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            ImportSchemaCommand.class,
            BackupCommand.class,
            Keygen.class,
            WalCommand.class,
            LocksCommand.class,
            DoctorCommand.class,
            InspectCommand.class,
            ResetCommand.class,
            GatewayCommand.class,
            AutoComplete.GenerateCompletion.class
        },
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it is done", "1:it failed; standard error says why", "2:the command line was not valid"},
        footer = {"", "Completion of commands and options in bash and zsh:", "  source <(korm generate-completion)"})
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class KormCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private KormCommand() {}

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    private static int execute(String... args) {
        CommandLine line = new CommandLine(new KormCommand());
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (!(failure instanceof Failure)) {
                throw failure;
            }
            PrintWriter err = command.getErr();
            err.println(command.getCommandSpec().qualifiedName() + ": " + failure.getMessage());
            err.flush();
            return CommandLine.ExitCode.SOFTWARE;
        });
        return line.execute(args);
    }

    /** Prints the usage: without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing");
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = KormCommand.class.getPackage().getImplementationVersion();
            return new String[] {"korm " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
