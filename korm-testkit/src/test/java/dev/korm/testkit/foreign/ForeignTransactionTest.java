package dev.korm.testkit.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.connection.BoundedDataSource;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A data source that lends the connection of a transaction that is open, as frameworks do, has it neither committed nor ended. */
@NullUnmarked // Tests dereference what they expect to be there.
class ForeignTransactionTest {
    record Note(String text) {}

    private enum Store {
        POSTGRES {
            private final String schema = PostgresServer.newSchema();

            @Override
            LayerSource layer(DataSource source) {
                return Postgres.dataSource(source).schema(schema);
            }

            @Override
            String url() {
                return PostgresServer.driverUrl();
            }

            @Override
            String table() {
                return "\"" + schema + "\".foreign_work";
            }
        },
        MYSQL {
            private final String database = MySqlTestServer.newDatabase();

            @Override
            LayerSource layer(DataSource source) {
                return MySql.dataSource(source);
            }

            @Override
            String url() {
                return MySqlTestServer.driverUrl(database);
            }

            @Override
            String table() {
                return "foreign_work";
            }
        };

        abstract LayerSource layer(DataSource source);

        abstract String url();

        abstract String table();
    }

    /** Lends the connection of the transaction that is open, if there is one; closing that does nothing. */
    private static DataSource joining(DataSource source, AtomicReference<@Nullable Connection> open) {
        return (DataSource) Proxy.newProxyInstance(
                ForeignTransactionTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                    Connection transaction = open.get();
                    if (method.getName().equals("getConnection") && transaction != null) {
                        return Proxy.newProxyInstance(
                                ForeignTransactionTest.class.getClassLoader(),
                                new Class<?>[] {Connection.class},
                                (same, call, values) ->
                                        call.getName().equals("close") ? null : invoke(transaction, call, values));
                    }
                    return invoke(source, method, arguments);
                });
    }

    private static Object invoke(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_transaction_of_somebody_else_is_left_alone(Store store) throws SQLException {
        BoundedDataSource source = BoundedDataSource.of(store.url(), 4);
        AtomicReference<@Nullable Connection> open = new AtomicReference<>();
        try (Connection other = source.getConnection();
                Statement statement = other.createStatement()) {
            statement.execute("CREATE TABLE " + store.table() + " (n INT)");
            try (Pool pool = Korm.pool()
                    .layer("main", store.layer(joining(source, open)))
                    .open()) {
                Items<Note> notes = Korm.item(Note.class, pool);
                notes.fromData("office", "note", new Note("before")).create();
                other.setAutoCommit(false);
                statement.execute("INSERT INTO " + store.table() + " VALUES (1)");
                open.set(other);
                assertThatThrownBy(() -> notes.fromData("office", "note", new Note("during"))
                                .create())
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContaining("autocommit off")
                        .hasMessageContaining("layer main");
                assertThatThrownBy(() -> notes.fromQuery("office", "note").count())
                        .isInstanceOf(ConfigurationException.class);
                assertThat(other.getAutoCommit()).isFalse();
                open.set(null);
                assertThat(count(source, store)).isZero();
                other.rollback();
                other.setAutoCommit(true);
                assertThat(count(source, store)).isZero();
                assertThat(notes.fromQuery("office", "note").count()).isEqualTo(1);
            }
            statement.execute("DROP TABLE " + store.table());
        }
        assertThat(source.inUse()).isZero();
    }

    private static long count(DataSource source, Store store) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + store.table())) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
