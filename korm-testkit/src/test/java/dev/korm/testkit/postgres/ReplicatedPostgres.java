package dev.korm.testkit.postgres;

import dev.korm.jdbc.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A primary with two standbys for the contracts of layers, which ends with the JVM. */
final class ReplicatedPostgres {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private ReplicatedPostgres() {}

    /** A new schema, empty. */
    static String newSchema() {
        String schema = "replicated_" + SCHEMAS.incrementAndGet();
        Running.CLUSTER.node(0).execute("CREATE SCHEMA " + schema);
        return schema;
    }

    /** The tables in a schema, read from standbys wherever these have what the pool has written. */
    static Postgres in(String schema) {
        return Postgres.url(Running.CLUSTER.url(0))
                .schema(schema)
                .poolSize(10)
                .replicas(Running.CLUSTER.url(1), Running.CLUSTER.url(2))
                .maxStaleness(Duration.ofSeconds(5));
    }

    /** How often a server has looked into tables of tests, for whomever. */
    static long scans(int node) {
        return Long.parseLong(Running.CLUSTER
                .node(node)
                .ask("SELECT sum(seq_scan + coalesce(idx_scan, 0)) FROM pg_stat_user_tables"));
    }

    /** Started by the first who asks. */
    private static final class Running {
        static final PostgresCluster CLUSTER = start();

        private static PostgresCluster start() {
            try {
                Path folder = Files.createTempDirectory("replicated");
                PostgresCluster cluster = PostgresCluster.start(folder, 2);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    cluster.close();
                    delete(folder);
                }));
                return cluster;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void delete(Path folder) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
