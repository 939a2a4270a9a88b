package dev.korm.testkit.postgres;

import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.jdbc.Postgres;
import dev.korm.spi.query.TableName;
import dev.korm.testkit.connection.BoundedDataSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The settings under which PostgreSQL answers a layer. They are read through the layer itself: a view answers them as if they were
 * the values of an item.
 */
@NullUnmarked // Tests dereference what they expect to be there.
class PostgresSettingsTest {
    private static final int KINDS = 6;

    private final String schema = PostgresServer.newSchema();

    record Town(String name) {}

    record Probe(String jit, String commits, Rn<Town> town) {}

    @BeforeEach
    void tables() {
        try (Pool pool = Korm.pool().layer("main", PostgresServer.in(schema)).open()) {
            for (int i = 0; i < KINDS; i++) {
                Korm.item(Town.class, pool)
                        .fromData("place", "town" + i, new Town("T" + i))
                        .create();
            }
        }
        PostgresServer.execute("CREATE VIEW " + schema + ".\"__items__probe__probe\" AS SELECT"
                + " 'd49403d8-cb81-4392-bf80-45811809dcb' || i AS \"rnId\","
                + " CAST(1 AS bigint) AS \"" + TableName.REVISION + "\", current_setting('jit') AS jit,"
                + " current_setting('synchronous_commit') AS commits,"
                + " '[rn]:place:town' || i || ':d49403d8-cb81-4392-bf80-45811809dcb6' AS town"
                + " FROM generate_series(0, " + (KINDS - 1) + ") AS i");
    }

    /** What a query that looks at one table alone is answered under. */
    private static String plain(Pool pool) {
        return jit(probes(pool));
    }

    /** What one that joins tables of every kind of town is answered under. */
    private static String joined(Pool pool) {
        return jit(probes(pool).orderBy(asc("town.name")));
    }

    private static Query<Probe> probes(Pool pool) {
        return Korm.item(Probe.class, pool).fromQuery("probe", "probe");
    }

    private static String jit(Query<Probe> query) {
        List<Item<Probe>> found = query.get();
        assertThat(found).hasSize(KINDS);
        Set<String> settings = new HashSet<>();
        found.forEach(item -> settings.add(item.data().jit()));
        assertThat(settings).hasSize(1);
        return settings.iterator().next();
    }

    private static String commits(Pool pool) {
        return probes(pool).first().orElseThrow().data().commits();
    }

    private static Pool open(Postgres source) {
        return Korm.pool().layer("main", source).open();
    }

    @Test
    void connections_of_a_layers_own_never_compile_statements() {
        try (Pool pool = open(PostgresServer.in(schema))) {
            assertThat(plain(pool)).isEqualTo("off");
            assertThat(joined(pool)).isEqualTo("off");
        }
    }

    @Test
    void on_connections_of_others_only_statements_with_many_joins_are_kept_from_being_compiled() {
        for (Postgres source : List.of(
                PooledPostgres.in(schema).poolSize(1),
                Postgres.dataSource(BoundedDataSource.of(PostgresServer.driverUrl(), 1))
                        .schema(schema))) {
            try (Pool pool = open(source)) {
                assertThat(plain(pool)).as(source.toString()).isEqualTo("on");
                assertThat(joined(pool)).as(source.toString()).isEqualTo("off");
                assertThat(plain(pool)).as("given back as it was").isEqualTo("on");
            }
        }
    }

    @Test
    void a_commit_on_connections_of_a_layers_own_is_durable_whatever_the_user_has_as_default() {
        String user = "u_" + schema;
        PostgresServer.execute(
                "CREATE ROLE " + user + " LOGIN SUPERUSER PASSWORD 'pw'",
                "ALTER ROLE " + user + " SET synchronous_commit = 'off'");
        try (Pool pool = open(PostgresServer.as(user, "pw", schema))) {
            assertThat(commits(pool)).isEqualTo("on");
        }
        PostgresServer.execute("ALTER ROLE " + user + " SET synchronous_commit = 'local'");
        try (Pool pool = open(PostgresServer.as(user, "pw", schema))) {
            assertThat(commits(pool)).as("one that is durable stays").isEqualTo("local");
        }
        PostgresServer.execute("DROP ROLE " + user);
    }
}
