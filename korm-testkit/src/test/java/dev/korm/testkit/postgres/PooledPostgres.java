package dev.korm.testkit.postgres;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.korm.jdbc.Postgres;

/** The tests' PostgreSQL server behind a {@link TransactionPooler}, which ends with the JVM. */
final class PooledPostgres {
    private PooledPostgres() {}

    static int port() {
        assumeFalse(PostgresServer.isGiven(), "the pooler of the tests goes to their own server, which trusts it");
        return Running.POOLER.port();
    }

    /** The tables in a schema, reached through the pooler. */
    static Postgres in(String schema) {
        return in(schema, "");
    }

    /** @param settings what stands behind the URL */
    static Postgres in(String schema, String settings) {
        return Postgres.url("postgres://postgres:postgres@localhost:" + port() + "/postgres" + settings)
                .schema(schema)
                .poolSize(20);
    }

    /** Started by the first who asks. */
    private static final class Running {
        static final TransactionPooler POOLER = new TransactionPooler(PostgresServer.port(), "postgres", "postgres");
    }
}
