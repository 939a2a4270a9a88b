package dev.korm.testkit.connection;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolTransaction;
import dev.korm.PoolTransaction.Reads;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.file.FileRef;
import dev.korm.jdbc.JdbcTransaction;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.SurroundingTransaction;
import dev.korm.table.Id;
import dev.korm.table.Table;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Transactions of a pool that are a part of one which a program has begun on its own connection. */
@NullUnmarked // Tests dereference what they expect to be there.
class SurroundedTransactionTest {
    private static final PoolTransaction.Options UNCHECKED = PoolTransaction.Options.DEFAULT.withReads(Reads.UNCHECKED);

    @Table(name = "customers")
    @Stored(namespace = "shop", kind = "customer")
    record Customer(@Id String code, String name) {}

    @Stored(namespace = "crm", kind = "note")
    record Note(Rn<Customer> about, Unique<String> text) {}

    @Stored(namespace = "crm", kind = "letter")
    record Letter(FileRef scan) {}

    @Stored(namespace = "crm", kind = "other")
    record Elsewhere(String text) {}

    private enum Store {
        POSTGRES {
            @Override
            void open(SurroundedTransactionTest test) {
                String schema = PostgresServer.newSchema();
                test.source = BoundedDataSource.of(PostgresServer.driverUrl() + "&currentSchema=" + schema, 2);
                test.layer = Postgres.dataSource(test.source);
            }
        },
        MYSQL {
            @Override
            void open(SurroundedTransactionTest test) {
                test.source = BoundedDataSource.of(MySqlTestServer.driverUrl(MySqlTestServer.newDatabase()), 2);
                test.layer = MySql.dataSource(test.source);
            }
        };

        abstract void open(SurroundedTransactionTest test);
    }

    private BoundedDataSource source;
    private LayerSource layer;
    private Pool pool;
    private Items<Customer> customers;
    private Items<Note> notes;
    private Connection owner;

    private void open(Store store) throws SQLException {
        store.open(this);
        try (Connection connection = source.getConnection()) {
            execute(connection, "CREATE TABLE customers (code VARCHAR(40) PRIMARY KEY, name VARCHAR(80))");
        }
        pool = Korm.pool()
                .layer("main", layer)
                .layer("there", MemoryLayer.create())
                .depot("files", MemoryDepot.create())
                .defaultLayer("main")
                .prepare(Note.class)
                .open();
        customers = Korm.item(Customer.class, pool);
        notes = Korm.item(Note.class, pool);
        owner = source.getConnection();
        owner.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        owner.rollback();
        owner.setAutoCommit(true);
        owner.close();
        pool.close();
        assertThat(source.inUse()).isZero();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** The transaction of {@link #owner}, which a call of the layer commits. */
    private class Owned extends SurroundingTransaction {
        int commits;
        private boolean open = true;

        Owned() {
            super("main");
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public <C> C connection(Class<C> type) {
            return type.cast(owner);
        }

        @Override
        public End commit() {
            commits++;
            try {
                return end();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            } finally {
                open = false;
            }
        }

        End end() throws SQLException {
            owner.commit();
            return End.COMMITTED;
        }
    }

    @ParameterizedTest
    @EnumSource
    void reads_what_its_owner_has_written_and_is_stored_by_its_owners_commit(Store store) throws SQLException {
        open(store);
        Owned around = new Owned();
        execute(owner, "INSERT INTO customers VALUES ('c1', 'Ada')");
        assertThat(customers.query().count()).isZero();

        try (PoolTransaction.Begun tx = pool.begin(UNCHECKED, around)) {
            PoolTransaction.Scope scope = tx.makeCurrent();
            try {
                Item<Customer> ada =
                        customers.query().where(eq("name", "Ada")).first().orElseThrow();
                notes.fromData(new Note(ada.rn(), Unique.of("called"))).create();
                ada.set(Customer::name, "Ada L.").commit();
                customers.fromData(new Customer("c2", "Bob")).create();
                assertThat(customers.query().count()).isEqualTo(2);
                assertThat(notes.query().where(eq("about.name", "Ada L.")).count())
                        .isEqualTo(1);
            } finally {
                scope.close();
            }
            assertThat(notes.query().count()).isZero();
            assertThat(around.commits).isZero();
            tx.commit();
        }

        assertThat(around.commits).isEqualTo(1);
        assertThat(notes.query().where(eq("about.name", "Ada L.")).count()).isEqualTo(1);
        assertThat(customers.query().count()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void one_change_alone_waits_for_the_commit_too_and_goes_with_a_rollback(Store store) throws SQLException {
        open(store);
        Owned around = new Owned() {
            @Override
            End end() throws SQLException {
                assertThat(text(owner, "SELECT count(*) FROM customers")).isEqualTo("1");
                owner.rollback();
                return End.ROLLED_BACK;
            }
        };

        try (PoolTransaction.Begun tx = pool.begin(UNCHECKED, around)) {
            tx.item(Customer.class).fromData(new Customer("c1", "Ada")).create();
            assertThatThrownBy(tx::commit)
                    .isInstanceOfSatisfying(StoreException.class, failed -> assertThat(failed.outcome())
                            .isEqualTo(StoreException.Outcome.NOT_APPLIED));
        }

        assertThat(customers.query().count()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void a_commit_whose_outcome_nobody_knows_is_told_and_not_made_again_without_the_rest(Store store)
            throws SQLException {
        open(store);
        Owned around = new Owned() {
            @Override
            End end() throws SQLException {
                owner.rollback();
                return End.UNKNOWN;
            }
        };

        try (PoolTransaction.Begun tx = pool.begin(UNCHECKED, around)) {
            tx.item(Note.class)
                    .fromData(new Note(Rn.byKey(Customer.class, "c1"), Unique.of("called")))
                    .create();
            assertThatThrownBy(tx::commit)
                    .isInstanceOfSatisfying(StoreException.class, lost -> assertThat(lost.outcome())
                            .isEqualTo(StoreException.Outcome.UNKNOWN));
        }

        assertThat(notes.query().count()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void what_is_refused_is_taken_back_and_the_owner_goes_on(Store store) throws SQLException {
        open(store);
        Rn<Customer> ada = Rn.byKey(Customer.class, "c1");
        notes.fromData(new Note(ada, Unique.of("called"))).create();
        execute(owner, "INSERT INTO customers VALUES ('c1', 'Ada')");
        Owned around = new Owned();

        try (PoolTransaction.Begun tx = pool.begin(UNCHECKED, around)) {
            tx.item(Note.class).fromData(new Note(ada, Unique.of("written"))).create();
            tx.item(Note.class).fromData(new Note(ada, Unique.of("called"))).create();
            assertThatThrownBy(tx::commit).isInstanceOf(DuplicateException.class);
        }

        assertThat(around.commits).isZero();
        owner.commit();
        assertThat(notes.query().count()).isEqualTo(1);
        assertThat(customers.query().count()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void what_it_cannot_take_along_is_refused(Store store) throws SQLException {
        open(store);
        Owned around = new Owned();
        try (PoolTransaction.Begun tx = pool.begin(UNCHECKED, around)) {
            tx.item(Customer.class).fromData(new Customer("c1", "Ada")).create();
            tx.item(Elsewhere.class)
                    .fromData("there", "crm", "other", new Elsewhere("x"))
                    .create();
            assertThatThrownBy(tx::commit)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("\"main\"")
                    .hasMessageContaining("there")
                    .hasMessageContaining("pool.transaction");
        }
        assertThatThrownBy(() -> pool.begin(UNCHECKED, new SurroundingTransaction("gone") {
                    @Override
                    public boolean isOpen() {
                        return true;
                    }

                    @Override
                    public <C> C connection(Class<C> type) {
                        return type.cast(owner);
                    }

                    @Override
                    public End commit() {
                        return End.COMMITTED;
                    }
                }))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("gone")
                .hasMessageContaining("main, there");
        assertThat(around.commits).isZero();
        assertThat(customers.query().count()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void work_within_a_transaction_is_committed_by_its_owner_alone(Store store) throws SQLException {
        open(store);
        execute(owner, "INSERT INTO customers VALUES ('c1', 'Ada')");

        Item<Note> given = pool.within(JdbcTransaction.of("main", owner), tx -> {
            Item<Customer> ada = tx.item(Customer.class).query().first().orElseThrow();
            ada.set(Customer::name, "Ada L.").commit();
            return tx.item(Note.class)
                    .fromData(new Note(ada.rn(), Unique.of("called")))
                    .create();
        });
        assertThat(text(owner, "SELECT name FROM customers")).isEqualTo("Ada L.");
        assertThat(notes.query().count()).isZero();
        execute(owner, "INSERT INTO customers VALUES ('c2', 'Bob')");
        pool.within(
                JdbcTransaction.of("main", owner),
                tx -> tx.create(Korm.item(Note.class, pool)
                        .fromData(new Note(Rn.byKey(Customer.class, "c2"), Unique.of("written")))));
        owner.commit();

        assertThat(notes.query().count()).isEqualTo(2);
        assertThat(customers.query().where(eq("name", "Ada L.")).count()).isEqualTo(1);
        assertThatThrownBy(() -> given.set("text", Unique.of("sent")).commit())
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("Read it again");
        assertThat(notes.fromRn(given.rn())
                        .get()
                        .set("text", Unique.of("sent"))
                        .commit()
                        .data()
                        .text())
                .isEqualTo(Unique.of("sent"));
    }

    @ParameterizedTest
    @EnumSource
    void what_its_owner_rolls_back_is_gone_and_an_item_of_it_overwrites_nobody(Store store) throws SQLException {
        open(store);
        Item<Note> note = notes.fromData(new Note(Rn.byKey(Customer.class, "c1"), Unique.of("called")))
                .create();

        Item<Note> rolledBack =
                pool.within(JdbcTransaction.of("main", owner), tx -> tx.update(note.set("text", Unique.of("written"))));
        owner.rollback();
        note.set("text", Unique.of("theirs")).commit();

        assertThatThrownBy(() -> rolledBack.set("text", Unique.of("mine")).commit())
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(rolledBack::delete).isInstanceOf(ConflictException.class);
        assertThat(note.reload().data().text()).isEqualTo(Unique.of("theirs"));
    }

    @ParameterizedTest
    @EnumSource
    void work_that_fails_is_taken_back_by_a_savepoint_and_its_owner_goes_on(Store store) throws SQLException {
        open(store);
        Rn<Customer> ada = Rn.byKey(Customer.class, "c1");
        notes.fromData(new Note(ada, Unique.of("called"))).create();
        execute(owner, "INSERT INTO customers VALUES ('c1', 'Ada')");

        assertThatThrownBy(() -> pool.within(JdbcTransaction.of("main", owner), tx -> {
                    tx.item(Note.class)
                            .fromData(new Note(ada, Unique.of("written")))
                            .create();
                    return tx.item(Note.class)
                            .fromData(new Note(ada, Unique.of("called")))
                            .create();
                }))
                .isInstanceOf(DuplicateException.class);
        assertThatThrownBy(() -> pool.within(JdbcTransaction.of("main", owner), tx -> {
                    tx.item(Note.class)
                            .fromData(new Note(ada, Unique.of("written")))
                            .create();
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);
        execute(owner, "UPDATE customers SET name = 'Ada L.'");
        owner.commit();

        assertThat(notes.query().count()).isEqualTo(1);
        assertThat(customers.query().where(eq("name", "Ada L.")).count()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void what_a_transaction_that_ends_later_cannot_take_along_is_refused(Store store) throws SQLException {
        open(store);
        JdbcTransaction around = JdbcTransaction.of("main", owner);
        assertThatThrownBy(() -> pool.within(
                        around,
                        tx -> tx.create(Korm.item(Elsewhere.class, pool)
                                .fromData("there", "crm", "other", new Elsewhere("x")))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("there");
        assertThatThrownBy(() -> pool.within(
                        around,
                        tx -> tx.create(Korm.item(Letter.class, pool)
                                .fromData(new Letter(FileRef.of("files", "letters/a", new byte[] {1}))))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("letters:a")
                .hasMessageContaining("pool.transaction");
        assertThatThrownBy(() -> pool.within(JdbcTransaction.of("there", owner), tx -> tx.attempt()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("\"there\"")
                .hasMessageContaining("Postgres.dataSource");
        try (Connection idle = source.getConnection()) {
            assertThatThrownBy(() -> JdbcTransaction.of("main", idle))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("setAutoCommit(false)");
        }
        assertThat(pool.files().find(Rn.parse("[rn][depot::files]:letters:a"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void the_settings_of_the_connection_are_its_owners_again(Store store) throws SQLException {
        open(store);
        String setting = store == Store.MYSQL ? "SELECT @@SESSION.max_sort_length" : "SHOW lock_timeout";
        String before = text(owner, setting);
        execute(owner, "INSERT INTO customers VALUES ('c1', 'Ada'), ('c2', 'Bob')");

        try (PoolTransaction.Begun tx = pool.begin(UNCHECKED, new Owned())) {
            Items<Customer> seen = tx.item(Customer.class);
            try (Stream<Item<Customer>> rows = seen.query().stream()) {
                Iterator<Item<Customer>> each = rows.iterator();
                each.next();
                assertThat(seen.query().count()).isEqualTo(2);
                each.next();
            }
            assertThat(text(owner, setting)).isEqualTo(before);
        }
        assertThat(owner.getAutoCommit()).isFalse();
        owner.rollback();
        assertThat(customers.query().count()).isZero();
    }
}
