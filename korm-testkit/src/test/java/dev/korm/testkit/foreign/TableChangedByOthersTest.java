package dev.korm.testkit.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.DeletePolicy;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.Stored;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that another program changes once while a call is under way: the call goes on, or is refused by a typed error. */
class TableChangedByOthersTest {
    @Stored(namespace = "cars", kind = "user")
    record User(String name) {}

    @Stored(namespace = "cars", kind = "car")
    record Car(
            String make,
            @Nullable @OnDelete(DeletePolicy.SET_NULL) Rn<User> owner) {}

    @TempDir
    Path folder;

    private final String schema = PostgresServer.newSchema();
    private Pool pool;
    private Items<User> users;
    private Items<Car> cars;

    @AfterEach
    void close() {
        pool.close();
    }

    private void open(LayerSource source) {
        // Time stands still, so what was seen of tables never becomes too old.
        pool = Korm.pool()
                .layer("main", source)
                .environment(VirtualEnvironment.seeded(1).withThreads())
                .open();
        users = Korm.item(User.class, pool);
        cars = Korm.item(Car.class, pool);
    }

    private static void execute(Connection another, String sql) throws SQLException {
        try (another;
                Statement statement = another.createStatement()) {
            statement.execute(sql);
        }
    }

    private void dropOwner() throws SQLException {
        execute(PostgresServer.connect(), "ALTER TABLE " + schema + ".\"__items__cars__car\" DROP COLUMN owner");
    }

    private List<Item<User>> owners(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    Item<User> user = users.fromData(new User("user" + i)).create();
                    cars.fromData(new Car("make" + i, user.rn())).create();
                    return user;
                })
                .toList();
    }

    @Test
    void a_deletion_looks_again_at_the_table_of_those_who_refer() throws SQLException {
        open(PostgresServer.in(schema));
        List<Item<User>> owners = owners(3);
        owners.get(0).delete();
        dropOwner();
        owners.get(1).delete();
        assertThat(users.query().count()).isEqualTo(1);
    }

    @Test
    void a_deletion_of_many_looks_again_at_the_table_of_those_who_refer() throws SQLException {
        open(PostgresServer.in(schema));
        owners(3).get(0).delete();
        dropOwner();
        assertThat(users.query().where(Filter.everything()).deleteAll()).isEqualTo(2);
    }

    @Test
    void a_stream_in_portions_says_that_its_table_was_changed() throws SQLException {
        Path file = folder.resolve("main.sqlite");
        open(Sqlite.file(file));
        Item<User> user = users.fromData(new User("Fred")).create();
        Korm.createAll(IntStream.range(0, 5_000)
                .mapToObj(i -> cars.fromData(new Car("make" + i, user.rn())))
                .toList());
        try (Stream<Item<Car>> stream = cars.query().resolvePaths("owner").stream()) {
            Iterator<Item<Car>> read = stream.iterator();
            assertThat(read.next().data().owner().get().name()).isEqualTo("Fred");
            execute(
                    DriverManager.getConnection("jdbc:sqlite:" + file),
                    "ALTER TABLE __items__cars__car DROP COLUMN make");
            assertThatThrownBy(() -> read.forEachRemaining(car -> {}))
                    .isExactlyInstanceOf(StoreBusyException.class)
                    .hasMessageContaining("begin the stream again");
        }
    }
}
