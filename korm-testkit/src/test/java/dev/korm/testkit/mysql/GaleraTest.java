package dev.korm.testkit.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreUnavailableException;
import dev.korm.ValueException;
import dev.korm.jdbc.MySql;
import dev.korm.testkit.MariaDbServer;
import dev.korm.testkit.connection.FailingNode;
import dev.korm.testkit.connection.FailingNode.Place;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of changes on a node of a cluster (Galera). The server says that it is one, and {@link FailingNode} answers with the codes
 * that nodes were seen to answer with.
 */
@NullUnmarked // Tests dereference what they expect to be there.
class GaleraTest {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final int ROWS = 50;

    private static MariaDbServer server;

    record Account(String name, long balance) {}

    @BeforeAll
    static void start() {
        server = MariaDbServer.start(Path.of("target"), "--wsrep-on=ON");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private final String url = server.create("galera_" + DATABASES.incrementAndGet());
    private final FailingNode node = new FailingNode(url);

    private Pool open() {
        return Korm.pool().layer("main", MySql.dataSource(node)).open();
    }

    private static Items<Account> accounts(Pool pool) {
        return Korm.item(Account.class, pool);
    }

    private static Item<Account> create(Pool pool, String name, long balance) {
        return accounts(pool)
                .fromData("bank", "account", new Account(name, balance))
                .create();
    }

    private static List<FloatingItem<Account>> many(Pool pool) {
        List<FloatingItem<Account>> many = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            many.add(accounts(pool).fromData("bank", "account", new Account("Eve", i)));
        }
        return many;
    }

    private static long count(Pool pool) {
        return accounts(pool).fromQuery("bank", "account").count();
    }

    /** Two items in one change, which are changed both or neither. */
    private static void changeBoth(Item<Account> one, Item<Account> two) {
        Korm.tx(one.set(Account::balance, 10L), two.set(Account::balance, 20L)).persist();
    }

    private static void requireChanged(Item<Account> one, Item<Account> two) {
        assertThat(one.reload().data().balance()).isEqualTo(10);
        assertThat(one.reload().revision()).isEqualTo(one.revision() + 1);
        assertThat(two.reload().data().balance()).isEqualTo(20);
        assertThat(two.reload().revision()).isEqualTo(two.revision() + 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"SILENT_BATCH", "SILENT_BATCH_AND_ANOTHER"})
    void rows_that_are_acknowledged_and_rolled_back_are_written_again(Place place) {
        try (Pool pool = open()) {
            create(pool, "Ada", 1);
            node.fail(place, 0, "");
            Korm.createAll(many(pool));
            assertThat(node.hasFailed()).isTrue();
            assertThat(count(pool)).isEqualTo(ROWS + 1);
        }
    }

    @Test
    void connections_of_the_layer_itself_do_without_the_bulk_mode_of_the_driver() throws SQLException {
        try (Pool pool =
                Korm.pool().layer("main", MySql.url(url + "&useBulkStmts=true")).open()) {
            create(pool, "Ada", 1);
            long before = executed();
            Korm.createAll(many(pool));
            assertThat(executed() - before).isGreaterThanOrEqualTo(ROWS);
            assertThat(count(pool)).isEqualTo(ROWS + 1);
        }
    }

    private static long executed() throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url(""));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'")) {
            rows.next();
            return rows.getLong(2);
        }
    }

    /** 1213 is a conflict with another node, 1317 an abort by a change of the schema. */
    @ParameterizedTest
    @ValueSource(ints = {1213, 1317})
    void a_change_that_the_cluster_aborts_at_a_statement_is_made_again(int code) {
        try (Pool pool = open()) {
            Item<Account> one = create(pool, "Ada", 1);
            Item<Account> two = create(pool, "Bob", 2);
            node.fail(Place.STATEMENT, code, code == 1213 ? "40001" : "70100");
            changeBoth(one, two);
            assertThat(node.hasFailed()).isTrue();
            requireChanged(one, two);
            node.fail(Place.STATEMENT, code, code == 1213 ? "40001" : "70100");
            Item<Account> made = create(pool, "Eve", 3);
            assertThat(node.hasFailed()).isTrue();
            assertThat(made.reload()).isEqualTo(made);
            node.fail(Place.STATEMENT, code, code == 1213 ? "40001" : "70100");
            Korm.createAll(many(pool));
            assertThat(node.hasFailed()).isTrue();
            assertThat(count(pool)).isEqualTo(ROWS + 3);
        }
    }

    @Test
    void a_conflict_that_certification_finds_at_commit_is_made_again() {
        try (Pool pool = open()) {
            Item<Account> one = create(pool, "Ada", 1);
            Item<Account> two = create(pool, "Bob", 2);
            node.fail(Place.COMMIT_UNDONE, 1213, "40001");
            changeBoth(one, two);
            assertThat(node.hasFailed()).isTrue();
            requireChanged(one, two);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1180, 1317})
    void what_became_of_a_commit_that_failed_in_the_middle_is_found_out(int code) {
        try (Pool pool = open()) {
            for (Place place : List.of(Place.COMMIT_DONE, Place.COMMIT_UNDONE)) {
                Item<Account> one = create(pool, "Ada", 1);
                Item<Account> two = create(pool, "Bob", 2);
                node.fail(place, code, "HY000");
                changeBoth(one, two);
                assertThat(node.hasFailed()).isTrue();
                requireChanged(one, two);
                Item<Account> three = create(pool, "Cid", 3);
                node.fail(place, code, "HY000");
                Item<Account> changed = three.set(Account::balance, 30L).commit();
                assertThat(node.hasFailed()).isTrue();
                assertThat(changed.revision()).isEqualTo(three.revision() + 1);
                assertThat(three.reload()).isEqualTo(changed);
            }
            node.fail(Place.COMMIT_DONE, code, "HY000");
            Item<Account> made = create(pool, "Dan", 4);
            assertThat(node.hasFailed()).isTrue();
            assertThat(made.reload()).isEqualTo(made);
        }
    }

    /** An item that is not there may have been made and deleted since. */
    @Test
    void a_creation_of_which_nothing_is_seen_after_a_commit_that_failed_is_told_as_unknown() {
        try (Pool pool = open()) {
            create(pool, "Ada", 1);
            node.fail(Place.COMMIT_UNDONE, 1180, "HY000");
            assertThatThrownBy(() -> create(pool, "Bob", 2))
                    .isInstanceOfSatisfying(StoreException.class, failure -> assertThat(failure.outcome())
                            .isEqualTo(Outcome.UNKNOWN))
                    .hasMessageContaining("The change may have happened");
            assertThat(count(pool)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STATEMENT", "COMMIT_UNDONE"})
    void a_node_without_quorum_keeps_its_connection_and_can_be_asked_again(Place place) {
        try (Pool pool = open()) {
            Item<Account> one = create(pool, "Ada", 1);
            int connections = node.connectionsMade();
            node.fail(place, 1047, "08S01");
            assertThatThrownBy(() -> one.set(Account::balance, 2L).commit())
                    .isInstanceOfSatisfying(StoreUnavailableException.class, failure -> {
                        assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                        assertThat(failure.isRetryable()).isTrue();
                    })
                    .hasMessageContaining("quorum")
                    .hasMessageNotContaining("host");
            assertThat(node.hasFailed()).isTrue();
            assertThat(one.reload()).isEqualTo(one);
            assertThat(one.set(Account::balance, 3L).commit().revision()).isEqualTo(one.revision() + 1);
            assertThat(node.connectionsMade()).isEqualTo(connections);
        }
    }

    /** The size is looked at in COMMIT, the number of rows by the statement. */
    @Test
    void a_change_that_is_too_large_for_the_cluster_says_so() {
        try (Pool pool = open()) {
            Item<Account> one = create(pool, "Ada", 1);
            Item<Account> two = create(pool, "Bob", 2);
            for (Object[] each :
                    new Object[][] {{Place.STATEMENT, 1105}, {Place.COMMIT_UNDONE, 1105}, {Place.STATEMENT, 1180}}) {
                node.fail((Place) each[0], (int) each[1], "HY000");
                assertThatThrownBy(() -> changeBoth(one, two))
                        .isInstanceOf(ValueException.class)
                        .hasMessageContaining("wsrep_max_ws_size");
                assertThat(node.hasFailed()).isTrue();
                assertThat(one.reload()).isEqualTo(one);
                assertThat(two.reload()).isEqualTo(two);
            }
        }
    }
}
