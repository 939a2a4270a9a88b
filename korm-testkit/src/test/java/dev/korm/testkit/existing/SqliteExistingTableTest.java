package dev.korm.testkit.existing;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteExistingTableTest extends ExistingTableContract {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("shop.sqlite");
    }

    @Override
    LayerSource made() throws SQLException {
        execute(
                "CREATE TABLE Customers (id INTEGER PRIMARY KEY AUTOINCREMENT, \"full name\" VARCHAR(80) NOT NULL COLLATE NOCASE, email TEXT UNIQUE,"
                        + " active INTEGER NOT NULL DEFAULT 1, balance DECIMAL(10, 2), born_on DATE, referrer_id INTEGER REFERENCES Customers,"
                        + " version INTEGER NOT NULL DEFAULT 0, secret TEXT)");
        execute("CREATE TABLE orders (code TEXT PRIMARY KEY, customer_id INTEGER REFERENCES Customers(id), note TEXT)");
        execute(
                "CREATE TABLE order_lines (order_code TEXT NOT NULL REFERENCES orders(code), pos INTEGER NOT NULL, quantity INTEGER,"
                        + " PRIMARY KEY (order_code, pos)) WITHOUT ROWID");
        execute("CREATE TABLE line_notes (id INTEGER PRIMARY KEY, line_code TEXT, line_pos INTEGER, text TEXT,"
                + " FOREIGN KEY (line_code, line_pos) REFERENCES order_lines)");
        execute("CREATE TABLE devices (id TEXT PRIMARY KEY, label TEXT)");
        return Sqlite.file(file());
    }

    @Override
    String schema() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT type, name, sql FROM sqlite_schema ORDER BY rowid")) {
            StringBuilder all = new StringBuilder();
            while (rows.next()) {
                all.append(rows.getString(1))
                        .append(' ')
                        .append(rows.getString(2))
                        .append(' ');
                all.append(rows.getString(3)).append('\n');
            }
            return all.toString();
        }
    }

    @Test
    void the_indexes_of_the_table_serve_keys_and_references() throws SQLException {
        execute("CREATE INDEX by_customer ON orders(customer_id)");
        try (Pool pool = Korm.pool().layer("main", Sqlite.file(file())).open()) {
            Rn<Customer> ada = Rn.byKey(Customer.class, 1);
            String plan = Korm.item(Order.class, pool)
                    .query()
                    .where(eq(Order::customer, ada))
                    .explain()
                    .toString();
            assertThat(plan).contains("by_customer").doesNotContain("SCAN");
        }
    }

    @Override
    void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
