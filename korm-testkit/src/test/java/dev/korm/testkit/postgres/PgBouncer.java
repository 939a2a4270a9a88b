package dev.korm.testkit.postgres;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.jdbc.Postgres;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** PgBouncer before the tests' PostgreSQL server, pooling transactions. */
final class PgBouncer implements AutoCloseable {
    private final Process process;
    private final int port;

    /** Starts it where it is installed; elsewhere the test is left out. */
    PgBouncer(Path folder) throws IOException {
        Optional<Path> program = program();
        assumeTrue(program.isPresent(), "pgbouncer is not installed");
        assumeTrue(!PostgresServer.isGiven(), "PgBouncer goes to the tests' own server, which trusts it");
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path settings = Files.writeString(
                folder.resolve("pgbouncer.ini"),
                String.join(
                        "\n",
                        "[databases]",
                        "* = host=127.0.0.1 port=" + PostgresServer.port() + " user=postgres",
                        "[pgbouncer]",
                        "listen_addr = 127.0.0.1",
                        "listen_port = " + port,
                        "unix_socket_dir =",
                        "auth_type = any",
                        "pool_mode = transaction",
                        "default_pool_size = 8",
                        "max_client_conn = 500",
                        "ignore_startup_parameters = extra_float_digits",
                        ""));
        List<String> command = new ArrayList<>(List.of(program.orElseThrow().toString()));
        if (System.getProperty("user.name").equals("root")) {
            // It refuses to run as root, and then reads its settings as whom it becomes.
            command.addAll(List.of("-u", "nobody"));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        command.add(settings.toString());
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            new Socket("127.0.0.1", port).close();
            return true;
        });
    }

    private static Optional<Path> program() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The tables in a schema, reached through it. */
    Postgres in(String schema) {
        return Postgres.url("postgres://postgres:postgres@127.0.0.1:" + port + "/postgres")
                .schema(schema)
                .poolSize(20);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
