package dev.korm.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Rn;
import dev.korm.recovery.QuarantinedChange;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** A data source of the application within its transactions, however it is wrapped; and what an endpoint says of a change that waits. */
class TransactionalDataSourceTest {
    @TempDir
    private Path folder;

    private DataSource source;

    @BeforeEach
    void make() {
        source = new SimpleDriverDataSource(new org.sqlite.JDBC(), "jdbc:sqlite:" + folder.resolve("a.sqlite"));
    }

    @Test
    void is_refused_within_a_transaction_on_it_and_lent_outside() throws Exception {
        requireRefused(source, source);
        requireRefused(source, new LazyConnectionDataSourceProxy(source));
        requireRefused(new LazyConnectionDataSourceProxy(source), source);
        requireRefused(new TransactionAwareDataSourceProxy(source), source);
    }

    private static void requireRefused(DataSource ofKorm, DataSource ofSpring) throws Exception {
        DataSource lent = new TransactionalDataSource(ofKorm, "mine", "main", new SurroundingTransactions());
        try (Connection connection = lent.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
        }
        new TransactionTemplate(new DataSourceTransactionManager(ofSpring)).executeWithoutResult(status -> {
            assertThatThrownBy(lent::getConnection)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("\"mine\"");
        });
        lent.getConnection().close();
    }

    @Test
    void a_transaction_on_another_data_source_is_none_of_its_own() {
        DataSource other =
                new SimpleDriverDataSource(new org.sqlite.JDBC(), "jdbc:sqlite:" + folder.resolve("b.sqlite"));
        DataSource lent = new TransactionalDataSource(source, "mine", "main", new SurroundingTransactions());

        new TransactionTemplate(new DataSourceTransactionManager(other)).executeWithoutResult(status -> {
            try (Connection connection = lent.getConnection()) {
                assertThat(connection.getAutoCommit()).isTrue();
            } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void a_change_that_waits_is_shown_with_the_names_of_its_items() {
        Rn<?> rn = Rn.item("people", "user", UUID.fromString("01234567-89ab-4cde-8f01-23456789abcd"));
        QuarantinedChange change = new QuarantinedChange(
                "c1",
                Instant.EPOCH,
                List.of("cars"),
                List.of(new QuarantinedChange.Missing("people", List.of(rn), "taken")));

        assertThat(JsonMapper.shared().writeValueAsString(KormEndpoint.Quarantined.of(change)))
                .contains("\"id\":\"c1\"", "\"layer\":\"people\"", "\"items\":[\"" + rn + "\"]");
    }
}
