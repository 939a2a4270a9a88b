package dev.korm.testkit.mysql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Three nodes of a MariaDB cluster (Galera) on this machine, of the version that is installed, as by Debian's packages
 * {@code mariadb-server-core} and {@code galera-4}. Buffers are small, and nothing is synced.
 *
 * <p>The nodes begin with copies of one folder of data, so that a node that joins needs no copy of it, only the changes since. The
 * script by which nodes hand over such a copy, which those packages lack, hands over the place in the history alone.
 */
final class GaleraCluster implements AutoCloseable {
    static final int NODES = 3;

    private static final Path LIBRARY = Path.of("/usr/lib/galera/libgalera_smm.so");
    private static final Path SERVER = Path.of("/usr/sbin/mariadbd");
    private static final Path INSTALLER = Path.of("/usr/bin/mariadb-install-db");
    private static final long LONGEST_START_SECONDS = 180;
    private static final int PORTS = 4;
    private static final int RESTARTS = 5;
    private static final int LAST_LINES = 60;
    private static final Pattern RECOVERED = Pattern.compile("Recovered position:\\s*(\\S+)");

    private static final String HAND_OVER = """
            #!/bin/sh
            # Hands over the place in the history: the data are the same already, or what is missing comes from a cache.
            while [ $# -gt 0 ]; do
              case "$1" in
                --role) role="$2" ;;
                --address) address="$2" ;;
                --gtid) gtid="$2" ;;
                --bypass) bypass=1 ;;
              esac
              shift
            done
            port=$(echo "$address" | sed 's/^[^:]*://; s/[^0-9].*$//')
            file="$(dirname "$0")/at-$port"
            case "$role" in
              joiner)
                rm -f "$file"
                echo "ready $address"
                while [ ! -s "$file" ]; do sleep 0.05; done
                cat "$file" ;;
              donor)
                if [ -e "$(dirname "$0")/started" ] && [ -z "$bypass" ]; then exit 1; fi
                echo "$gtid" > "$file.new" && mv "$file.new" "$file" && echo "done $gtid" ;;
            esac
            """;

    private final Path folder;
    private final int[][] ports = new int[NODES][PORTS];
    private final Process[] nodes = new Process[NODES];

    private GaleraCluster(Path folder) throws IOException {
        this.folder = folder;
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int[] each : ports) {
                for (int i = 0; i < PORTS; i++) {
                    ServerSocket socket = new ServerSocket(0);
                    held.add(socket);
                    each[i] = socket.getLocalPort();
                }
            }
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    /** Starts a cluster; empty where it is not installed. */
    static Optional<GaleraCluster> start() {
        if (!Stream.of(LIBRARY, SERVER, INSTALLER).allMatch(Files::isReadable)) {
            return Optional.empty();
        }
        try {
            Path parent = Files.createDirectories(Path.of("target"));
            GaleraCluster cluster = new GaleraCluster(
                    Files.createTempDirectory(parent, "galera").toAbsolutePath());
            try {
                cluster.prepare();
                for (int node = 0; node < NODES; node++) {
                    cluster.run(node, node == 0);
                    cluster.awaitSynced(node);
                }
                return Optional.of(cluster);
            } catch (IOException | RuntimeException | Error e) {
                cluster.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void prepare() throws IOException {
        Path script = Files.writeString(folder.resolve("wsrep_sst_korm"), HAND_OVER);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (int node = 0; node < NODES; node++) {
            Files.createDirectories(of(node).resolve("tmp"));
        }
        finish(
                process(
                        "install",
                        List.of(
                                INSTALLER.toString(),
                                "--no-defaults",
                                "--auth-root-authentication-method=normal",
                                "--skip-test-db",
                                "--user=" + System.getProperty("user.name"),
                                "--datadir=" + data(0))),
                "installing");
        // Its first run gives the data a place in a history, which the copies share.
        run(0, true);
        awaitSynced(0);
        nodes[0].destroy();
        finish(nodes[0], "the first run");
        Path state = data(0).resolve("grastate.dat");
        Files.writeString(state, Files.readString(state).replace("safe_to_bootstrap: 0", "safe_to_bootstrap: 1"));
        Files.deleteIfExists(data(0).resolve("galera.cache"));
        for (int node = 1; node < NODES; node++) {
            copy(data(0), data(node));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private Path of(int node) {
        return folder.resolve("node" + node);
    }

    private Path data(int node) {
        return of(node).resolve("data");
    }

    private String address(int node, int port) {
        return "127.0.0.1:" + ports[node][port];
    }

    private void run(int node, boolean first) throws IOException {
        nodes[node] = process("node" + node, command(node, first));
    }

    private List<String> command(int node, boolean first) {
        String others = first ? "" : address(0, 1) + "," + address(1, 1) + "," + address(2, 1);
        return List.of(
                SERVER.toString(),
                "--no-defaults",
                "--user=" + System.getProperty("user.name"),
                "--datadir=" + data(node),
                "--tmpdir=" + of(node).resolve("tmp"),
                "--socket=" + of(node).resolve("s"),
                "--pid-file=" + of(node).resolve("pid"),
                "--port=" + ports[node][0],
                "--bind-address=127.0.0.1",
                "--skip-ssl",
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=32M",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-autoinc-lock-mode=2",
                "--binlog-format=ROW",
                "--performance-schema=OFF",
                "--wsrep-on=ON",
                "--wsrep-provider=" + LIBRARY,
                "--wsrep-cluster-name=korm",
                "--wsrep-cluster-address=gcomm://" + others,
                "--wsrep-node-name=node" + node,
                "--wsrep-node-address=" + address(node, 1),
                "--wsrep-sst-method=korm",
                "--wsrep-sst-receive-address=" + address(node, 3),
                "--wsrep-slave-threads=2",
                "--wsrep-provider-options=gcache.size=64M;base_host=127.0.0.1;base_port=" + ports[node][1]
                        + ";gmcast.listen_addr=tcp://" + address(node, 1) + ";ist.recv_addr="
                        + address(node, 2) + ";pc.recovery=false;gcache.recover=no");
    }

    private Process process(String name, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.put("PATH", folder + ":" + environment.getOrDefault("PATH", "/usr/bin:/bin"));
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()))
                .start();
    }

    private static void finish(Process process, String name) {
        try {
            if (!process.waitFor(LONGEST_START_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the node has all that the others have. */
    void awaitSynced(int node) {
        await(node, "Synced", "SHOW STATUS LIKE 'wsrep_local_state_comment'");
    }

    /** Waits until the node has noticed that it is alone. */
    void awaitWithoutQuorum(int node) {
        await(node, "non-Primary", "SHOW STATUS LIKE 'wsrep_cluster_status'");
    }

    private void await(int node, String wanted, String question) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_START_SECONDS);
        while (true) {
            if (!nodes[node].isAlive()) {
                throw new IllegalStateException("Node " + node + " has ended: " + lastLines(node));
            }
            try (Connection connection = DriverManager.getConnection(url(node, ""));
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(question)) {
                if (rows.next() && wanted.equals(rows.getString(2))) {
                    return;
                }
            } catch (SQLException notYet) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("Node " + node + " is not " + wanted + ": see " + folder, notYet);
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Node " + node + " is not " + wanted + ": see " + folder);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private String lastLines(int node) {
        try {
            List<String> lines =
                    Files.readAllLines(folder.resolve("node" + node + ".log"), StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the URL of a database at a node, as the driver and {@code MySql} take it. */
    String url(int node, String database) {
        return "jdbc:mariadb://127.0.0.1:" + ports[node][0] + "/" + database + "?user=root&sslMode=disable";
    }

    void execute(int node, String... statements) {
        try (Connection connection = DriverManager.getConnection(url(node, ""));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes a database whose texts can hold every character, on all nodes. */
    String create(String database) {
        execute(0, "CREATE DATABASE " + database + " CHARACTER SET utf8mb4");
        return database;
    }

    /** Ends a node as a power cut would. */
    void kill(int node) {
        nodes[node].destroyForcibly();
        finish(nodes[node], "node " + node);
    }

    /**
     * Starts a node anew that was ended: it finds out where its own data stopped, and gets what the others have done since from their caches. A node that
     * would need a whole copy fails, since here nobody can hand one over.
     */
    void restart(int node) throws IOException {
        Files.writeString(folder.resolve("started"), "");
        for (int attempt = 1; ; attempt++) {
            List<String> command = new ArrayList<>(command(node, false));
            command.add("--wsrep-start-position=" + position(node));
            nodes[node] = process("node" + node, command);
            try {
                awaitSynced(node);
                return;
            } catch (IllegalStateException gone) {
                // A node ends by itself when the one that hands over to it loses the others meanwhile, and is started
                // again.
                if (nodes[node].isAlive() || attempt == RESTARTS) {
                    throw gone;
                }
            }
        }
    }

    /** Returns where a node's own data stopped. */
    private String position(int node) throws IOException {
        String name = "recovered" + node;
        Path log = folder.resolve(name + ".log");
        Files.deleteIfExists(log);
        List<String> recover = new ArrayList<>(command(node, false));
        recover.add("--wsrep-recover");
        finish(process(name, recover), name);
        Matcher position = RECOVERED.matcher(Files.readString(log));
        if (!position.find()) {
            throw new IllegalStateException("Node " + node + " does not know where it was: " + Files.readString(log));
        }
        return position.group(1);
    }

    /** Stops a node where it is, its connections left open, or lets it go on. */
    void hold(int node, boolean held) {
        try {
            finish(
                    new ProcessBuilder("kill", held ? "-STOP" : "-CONT", Long.toString(nodes[node].pid())).start(),
                    "a signal");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Cuts a node off from the others, or lets it find them again. */
    void isolate(int node, boolean isolated) {
        execute(node, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=" + (isolated ? 1 : 0) + "'");
    }

    /** Declares a node that is alone to be the cluster. */
    void makePrimary(int node) {
        execute(node, "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=1'");
        awaitSynced(node);
    }

    @Override
    public void close() {
        for (Process node : nodes) {
            if (node != null) {
                node.destroyForcibly();
                finish(node, "a node");
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
