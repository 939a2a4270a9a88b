package dev.korm.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.jdbc.Postgres;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.connection.BoundedDataSource;
import dev.korm.testkit.connection.IsolatedDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads into new tables, whose keys are made when the rows are there. */
class PostgresLoadTest {
    private static final TableName THINGS = new TableName("__items__load__thing", TableName.ID);
    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);
    private static final ColumnSchema NAME = new ColumnSchema("name", ColumnKind.TEXT);
    private static final List<ColumnSchema> COLUMNS = List.of(NAME, REVISION);

    private final String schema = PostgresServer.newSchema();
    private final Layer layer = PostgresServer.in(schema).open("main", Environment.system());
    private Key made;

    /** The index of the table's key, as it is now. */
    private record Key(String name, String definition, long file) {}

    @BeforeEach
    void make() throws SQLException {
        layer.evolve(
                new TableSchema(
                        THINGS, List.of(new ColumnSchema(TableName.ID, ColumnKind.ID), NAME, REVISION), List.of()),
                Set.of());
        made = key();
    }

    @AfterEach
    void close() {
        layer.close();
    }

    private Key key() throws SQLException {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT k.conname, pg_get_indexdef(i.indexrelid), i.indexrelid FROM pg_index AS i JOIN pg_constraint AS k ON k.conindid = i.indexrelid"
                                + " WHERE i.indisprimary AND i.indisvalid AND i.indrelid = '" + schema + ".\"" + THINGS
                                + "\"'::regclass")) {
            assertThat(rows.next()).isTrue();
            return new Key(rows.getString(1), rows.getString(2), rows.getLong(3));
        }
    }

    private void load(boolean commits) {
        load(layer, commits);
    }

    private static void load(Layer into, boolean commits) {
        try (RowLoad load = into.load(THINGS, COLUMNS, LoadTarget.NEW).orElseThrow()) {
            for (int i = 0; i < 100; i++) {
                assertThat(load.add("id" + i, new Object[] {"name" + i, 1L})).isTrue();
            }
            if (commits) {
                assertThat(load.commit()).isTrue();
            }
        }
    }

    private long count() throws SQLException {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + schema + ".\"" + THINGS + "\"")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void the_key_of_a_new_table_is_made_anew_behind_its_rows_and_is_what_it_was() throws SQLException {
        load(true);
        Key now = key();
        assertThat(now.file()).as("made of all rows at once").isNotEqualTo(made.file());
        assertThat(now).isEqualTo(new Key(made.name(), made.definition(), now.file()));
        assertThat(count()).isEqualTo(100);
        loadAgain();
    }

    /** Behind the first load the table has rows, and those that come later are held to its key. */
    private void loadAgain() {
        try (RowLoad load = layer.load(THINGS, COLUMNS, LoadTarget.NEW).orElseThrow()) {
            assertThat(load.isLong()).isFalse();
            assertThat(load.add("id1", new Object[] {"again", 1L}) && load.commit())
                    .isFalse();
        }
    }

    @Test
    void the_key_is_there_as_before_when_the_load_is_given_up() throws SQLException {
        load(false);
        assertThat(key()).isEqualTo(made);
        assertThat(count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE})
    void connections_may_have_an_isolation_level_of_their_own(int level) throws SQLException {
        try (Layer isolated = Postgres.dataSource(
                        IsolatedDataSource.at(level, BoundedDataSource.of(PostgresServer.driverUrl(), 2)))
                .schema(schema)
                .open("isolated", Environment.system())) {
            load(isolated, true);
        }
        assertThat(key().file()).isNotEqualTo(made.file());
        assertThat(count()).isEqualTo(100);
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nobody_who_has_the_table_open_is_waited_for() throws SQLException {
        try (Connection reader = PostgresServer.connect();
                Statement statement = reader.createStatement();
                // Who waited for the table would wait beyond the time of this test.
                Layer patient = PostgresServer.in(schema)
                        .busyTimeout(Duration.ofMinutes(10))
                        .open("patient", Environment.system())) {
            reader.setAutoCommit(false);
            statement.execute("LOCK TABLE " + schema + ".\"" + THINGS + "\" IN ACCESS SHARE MODE");
            load(patient, true);
            assertThat(key()).isEqualTo(made);
        }
        assertThat(count()).isEqualTo(100);
    }

    @Test
    void a_table_whose_rows_somebody_is_told_of_keeps_its_key() throws SQLException {
        layer.follow(THINGS);
        load(true);
        assertThat(key()).isEqualTo(made);
        assertThat(count()).isEqualTo(100);
    }

    @Test
    void a_key_that_others_refer_to_stays() throws SQLException {
        PostgresServer.execute("CREATE TABLE " + schema + ".others (thing text REFERENCES " + schema + ".\"" + THINGS
                + "\" (\"" + TableName.ID + "\"))");
        load(true);
        assertThat(key()).isEqualTo(made);
        assertThat(count()).isEqualTo(100);
    }
}
