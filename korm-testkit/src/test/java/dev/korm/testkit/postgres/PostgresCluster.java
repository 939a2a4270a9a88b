package dev.korm.testkit.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server and standbys that follow it by streaming, to be paused, killed and promoted. */
public final class PostgresCluster implements AutoCloseable {
    /** Killed processes lose nothing that the machine has, so nothing is synced. */
    private static final List<String> SETTINGS = List.of(
            "wal_level=replica",
            "synchronous_commit=on",
            "max_connections=100",
            "max_wal_senders=8",
            "wal_keep_size=256MB",
            "wal_retrieve_retry_interval=100ms",
            "listen_addresses=localhost",
            "unix_socket_directories=");

    private final List<Node> nodes = new ArrayList<>();
    private Path binaries = Path.of("");

    private PostgresCluster() {}

    /**
     * Starts a primary, node 0, and so many standbys, which have caught up.
     *
     * @param folder an empty one
     */
    public static PostgresCluster start(Path folder, int standbys) throws IOException, SQLException {
        PostgresCluster cluster = new PostgresCluster();
        try {
            Node primary = cluster.new Node(folder.resolve("node0"));
            cluster.binaries = made(primary.data, primary.port);
            cluster.nodes.add(primary);
            primary.start();
            for (int i = 1; i <= standbys; i++) {
                cluster.copy(primary, folder.resolve("node" + i));
            }
            for (Node standby : cluster.nodes.subList(1, cluster.nodes.size())) {
                standby.start();
            }
            return cluster;
        } catch (IOException | SQLException | RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    /** Makes an empty database cluster in a folder, and returns where the programs are. */
    private static Path made(Path data, int port) throws IOException, SQLException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setPort(port)
                        .start();
                Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT setting FROM pg_config WHERE name = 'BINDIR'")) {
            row.next();
            return Path.of(row.getString(1));
        }
    }

    public Node node(int number) {
        return nodes.get(number);
    }

    public String url(int number) {
        return nodes.get(number).url();
    }

    /** Copies the files of a running primary, as pg_basebackup would. */
    private void copy(Node primary, Path target) throws IOException, SQLException {
        try (Connection connection = primary.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('copy', true)");
            try (Stream<Path> files = Files.walk(primary.data)) {
                for (Path file : files.toList()) {
                    Path copy = target.resolve(primary.data.relativize(file).toString());
                    if (file.getFileName().toString().startsWith("postmaster.")) {
                        continue;
                    }
                    try {
                        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                    } catch (NoSuchFileException gone) {
                        // The log has it.
                    }
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                row.next();
                Files.writeString(target.resolve("backup_label"), row.getString(1));
            }
        }
        Node node = new Node(target);
        node.follow(primary);
        nodes.add(node);
    }

    @Override
    public void close() {
        nodes.forEach(Node::stop);
    }

    /** One of the servers. */
    public final class Node {
        private final Path data;
        private final int port;
        private @Nullable Process server;

        Node(Path data) throws IOException {
            this.data = data;
            try (ServerSocket free = new ServerSocket(0)) {
                this.port = free.getLocalPort();
            }
        }

        public String url() {
            return "postgres://postgres:postgres@localhost:" + port + "/postgres";
        }

        public int port() {
            return port;
        }

        /** Starts it, also after it was stopped or killed, and waits until it answers. */
        public void start() {
            List<String> command = new ArrayList<>();
            if (System.getProperty("user.name").equals("root")) {
                // It refuses to run as root; within a namespace of users it is somebody else.
                command.addAll(List.of("unshare", "-U"));
            }
            command.addAll(List.of(
                    binaries.resolve("postgres").toString(), "-D", data.toString(), "-p", String.valueOf(port), "-F"));
            for (String setting : SETTINGS) {
                command.addAll(List.of("-c", setting));
            }
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .ignoreExceptions()
                    .until(() -> {
                        if (server == null || !server.isAlive()) {
                            // Anew where it refused to, since some of one that was killed had not ended yet.
                            server = new ProcessBuilder(command)
                                    .redirectErrorStream(true)
                                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                                            data.resolveSibling(data.getFileName() + ".log")
                                                    .toFile()))
                                    .start();
                        }
                        return ask("SELECT 1").equals("1");
                    });
        }

        public Connection connect() throws SQLException {
            return DriverManager.getConnection(
                    "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres&password=postgres");
        }

        public void execute(String... statements) {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The first column of the first row, as text. */
        public String ask(String sql) {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return String.valueOf(row.getString(1));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Has it follow another node from its next start on. */
        public void follow(Node primary) throws IOException {
            Files.writeString(
                    data.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=localhost port=" + primary.port + " user=postgres'\n",
                    UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            if (!Files.exists(data.resolve("standby.signal"))) {
                Files.createFile(data.resolve("standby.signal"));
            }
        }

        /** Has it follow another node from now on. */
        public void followNow(Node primary) {
            execute(
                    "ALTER SYSTEM SET primary_conninfo = 'host=localhost port=" + primary.port + " user=postgres'",
                    "SELECT pg_reload_conf()");
        }

        /** Has it receive the log, but put nothing of it into effect. */
        public void pause() {
            execute("SELECT pg_wal_replay_pause()");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> ask("SELECT pg_get_wal_replay_pause_state()").equals("paused"));
        }

        public void resume() {
            execute("SELECT pg_wal_replay_resume()");
        }

        /** Waits until it has replayed all that another has written. */
        public void awaitAll(Node primary) {
            String end = primary.ask("SELECT pg_current_wal_flush_lsn()");
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> ask("SELECT pg_last_wal_replay_lsn() >= '" + end + "'")
                            .equals("t"));
        }

        /** Has it take its primary's place, and waits until it has. */
        public void promote() {
            execute("SELECT pg_promote(true, 60)");
        }

        /** Kills its first process, with which all of it ends. */
        public void kill() {
            end(Process::destroyForcibly);
        }

        /** Stops it, and ends what is connected; twice is fine. */
        public void stop() {
            end(Process::destroy);
        }

        private void end(Consumer<Process> way) {
            Process running = server;
            server = null;
            if (running != null) {
                way.accept(running);
                await().atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> !running.isAlive());
            }
        }
    }
}
