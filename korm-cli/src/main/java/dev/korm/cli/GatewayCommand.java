package dev.korm.cli;

import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.gateway.Gateway;
import dev.korm.gateway.config.GatewayConfig;
import dev.korm.gateway.config.TopicsProvider;
import dev.korm.jdbc.Sqlite;
import dev.korm.wal.Wal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a gateway over a pool until it is stopped. */
@Command(
        name = "gateway",
        description = {
            "Runs a gateway: clients follow queries of a pool and change its rows over WebSockets, each within what the configuration allows it.",
            "",
            "It says \"ready\" and its port on standard output, and runs until it is stopped by a signal."
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it was stopped",
            "1:the configuration is not right, or a store does not answer; standard error says why",
            "2:the command line was not valid"
        })
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class GatewayCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description =
                    "The configuration: layers, auth, tables, limits. The documentation of the gateway describes it.")
    private Path config;

    @Option(names = "--check", description = "Reads the configuration, opens the stores, and ends.")
    private boolean check;

    @Override
    public void run() {
        try {
            GatewayConfig read = GatewayConfig.read(config);
            if (read.layers().isEmpty()) {
                if (check) {
                    read.gateway();
                    spec.commandLine().getErr().println("The configuration is right.");
                } else {
                    serve(read.gateway());
                }
                return;
            }
            try (Pool pool = pool(read)) {
                if (check) {
                    spec.commandLine().getErr().println("The configuration is right, and the stores answer.");
                    return;
                }
                try (TopicsProvider.Service overTopics = read.service(pool)) {
                    serve(read.gateway(pool).readyWhen(overTopics::isReady));
                }
            }
        } catch (KormException failure) {
            throw new Failure(String.valueOf(failure.getMessage()), failure);
        }
    }

    private void serve(Gateway.Builder builder) {
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread signal = new Thread(
                () -> {
                    stopped.countDown();
                    try {
                        ended.await();
                    } catch (InterruptedException impatient) {
                        Thread.currentThread().interrupt();
                    }
                },
                "korm-gateway-stop");
        try (Gateway gateway = builder.start()) {
            Runtime.getRuntime().addShutdownHook(signal);
            PrintWriter out = spec.commandLine().getOut();
            out.println("ready " + gateway.port());
            out.flush();
            stopped.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    private static Pool pool(GatewayConfig config) {
        PoolBuilder builder = Korm.pool();
        config.layers()
                .forEach((name, store) -> builder.layer(
                        name,
                        ResolveCommand.isFile(store) ? Sqlite.file(Path.of(store)) : ResolveCommand.source(store)));
        config.journal().ifPresent(folder -> builder.withWal(Wal.at(Path.of(folder))));
        return builder.open();
    }
}
