package dev.korm.cli;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.backup.BackupInfo;
import dev.korm.danger.Reset;
import dev.korm.danger.ResetMode;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists what a pool has. */
@Command(
        name = "inspect",
        description = {
            "Lists what a pool has, one a line: the pool with its id; each layer; its tables with their rows and, for layers given by --layer, indexes; each depot; what korm keeps in it with files and bytes; and its backups.",
            "",
            "Never a value."
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it is done", "1:it failed; standard error says why", "2:the command line was not valid"})
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class InspectCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private PoolOptions pool;

    private InspectCommand() {}

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        WalCommand.run(() -> {
            try (Pool open = pool.open()) {
                // A plan that is never run tells tables, rows and files, and changes nothing.
                Reset plan = Korm.danger().reset(open, ResetMode.ALL);
                out.println("pool\t" + open.id());
                for (String layer : open.layers()) {
                    out.println("layer\t" + layer);
                    TableIndexes indexes = TableIndexes.of(pool, layer);
                    plan.tables().stream()
                            .filter(table -> table.layer().equals(layer))
                            .forEach(table -> out.println("table\t" + layer + "\t" + table.name() + "\t" + table.rows()
                                    + " rows" + indexes.of(table.name())));
                }
                open.depots().forEach(depot -> depot(open, plan, depot, out));
            }
        });
        out.flush();
    }

    private static void depot(Pool open, Reset plan, String depot, PrintWriter out) {
        out.println("depot\t" + depot);
        plan.folders().stream()
                .filter(folder -> folder.depot().equals(depot))
                .forEach(folder -> out.println("files\t" + depot + "\t" + folder.name() + "\t" + folder.files()
                        + " files\t" + folder.bytes() + " bytes"));
        List<BackupInfo> backups = open.backups().list(depot);
        if (!backups.isEmpty()) {
            BackupInfo last = backups.get(0);
            out.println("backups\t" + depot + "\t" + backups.size() + "\tlast "
                    + last.id().name() + "\t" + (last.verified().isPresent() ? "verified" : "not verified"));
        }
    }
}
