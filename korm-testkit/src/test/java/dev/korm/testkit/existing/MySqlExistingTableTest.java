package dev.korm.testkit.existing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.spi.LayerSource;
import dev.korm.table.Id;
import dev.korm.table.Table;
import dev.korm.testkit.mysql.MySqlTestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class MySqlExistingTableTest extends ExistingTableContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    LayerSource made() throws SQLException {
        execute(
                "CREATE TABLE Customers (id BIGINT AUTO_INCREMENT PRIMARY KEY, `full name` VARCHAR(80) NOT NULL, email VARCHAR(100) UNIQUE,"
                        + " active BOOLEAN NOT NULL DEFAULT TRUE, balance DECIMAL(10, 2), born_on DATE, referrer_id BIGINT REFERENCES Customers(id),"
                        + " version INTEGER NOT NULL DEFAULT 0, secret TEXT) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci");
        execute("CREATE TABLE orders (code VARCHAR(40) COLLATE utf8mb4_bin PRIMARY KEY, customer_id BIGINT, note TEXT,"
                + " FOREIGN KEY (customer_id) REFERENCES Customers(id)) CHARACTER SET utf8mb4");
        execute(
                "CREATE TABLE order_lines (order_code VARCHAR(40) COLLATE utf8mb4_bin NOT NULL, pos INTEGER NOT NULL, quantity SMALLINT,"
                        + " PRIMARY KEY (order_code, pos), FOREIGN KEY (order_code) REFERENCES orders(code)) CHARACTER SET utf8mb4");
        execute(
                "CREATE TABLE line_notes (id INTEGER PRIMARY KEY, line_code VARCHAR(40) COLLATE utf8mb4_bin, line_pos INTEGER, text TEXT,"
                        + " FOREIGN KEY (line_code, line_pos) REFERENCES order_lines(order_code, pos)) CHARACTER SET utf8mb4");
        execute("CREATE TABLE devices (id BINARY(16) PRIMARY KEY, label TEXT)");
        return MySqlTestServer.in(database);
    }

    @Override
    String schema() throws SQLException {
        StringBuilder all = new StringBuilder();
        for (String table : MySqlTestServer.ask(database, "SHOW TABLES").split("\\|")) {
            try (Connection connection = MySqlTestServer.connect(database);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SHOW CREATE TABLE `" + table + "`")) {
                rows.next();
                all.append(rows.getString(2).replaceAll(" AUTO_INCREMENT=\\d+", ""))
                        .append('\n');
            }
        }
        return all.toString();
    }

    @Override
    void execute(String sql) throws SQLException {
        try (Connection connection = MySqlTestServer.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Table(name = "bottles")
    @Stored(namespace = "cellar", kind = "bottle")
    record Bottle(@Id Long id, Integer vintage) {}

    @Test
    void a_year_is_a_number() throws SQLException {
        execute("CREATE TABLE bottles (id BIGINT AUTO_INCREMENT PRIMARY KEY, vintage YEAR)");
        execute("INSERT INTO bottles (vintage) VALUES (1998), (NULL)");
        try (Pool pool =
                Korm.pool().layer("cellar", MySqlTestServer.in(database)).open()) {
            Items<Bottle> bottles = Korm.item(Bottle.class, pool);
            Item<Bottle> old = bottles.query()
                    .where(Filter.lt(Bottle::vintage, 2000))
                    .first()
                    .orElseThrow();
            assertThat(old.data().vintage()).isEqualTo(1998);
            assertThat(old.set(Bottle::vintage, 2001).commit().reload().data().vintage())
                    .isEqualTo(2001);
            assertThat(bottles.query().where(Filter.isNull(Bottle::vintage)).count())
                    .isEqualTo(1);
        }
    }
}
