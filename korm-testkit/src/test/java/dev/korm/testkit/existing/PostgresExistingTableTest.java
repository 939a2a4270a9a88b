package dev.korm.testkit.existing;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

class PostgresExistingTableTest extends ExistingTableContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    LayerSource made() throws SQLException {
        execute(
                "CREATE TABLE Customers (id BIGSERIAL PRIMARY KEY, \"full name\" VARCHAR(80) NOT NULL, email TEXT UNIQUE,"
                        + " active BOOLEAN NOT NULL DEFAULT TRUE, balance NUMERIC(10, 2), born_on DATE, referrer_id BIGINT REFERENCES Customers,"
                        + " version INTEGER NOT NULL DEFAULT 0, secret TEXT)");
        execute("ALTER TABLE customers RENAME TO \"Customers\"");
        execute(
                "CREATE TABLE orders (code VARCHAR(40) PRIMARY KEY, customer_id BIGINT REFERENCES \"Customers\"(id), note TEXT)");
        execute(
                "CREATE TABLE order_lines (order_code VARCHAR(40) NOT NULL REFERENCES orders(code), pos INTEGER NOT NULL, quantity SMALLINT,"
                        + " PRIMARY KEY (order_code, pos))");
        execute("CREATE TABLE line_notes (id INTEGER PRIMARY KEY, line_code VARCHAR(40), line_pos INTEGER, text TEXT,"
                + " FOREIGN KEY (line_code, line_pos) REFERENCES order_lines)");
        execute("CREATE TABLE devices (id UUID PRIMARY KEY, label TEXT)");
        return PostgresServer.in(schema);
    }

    @Override
    String schema() throws SQLException {
        StringBuilder all = new StringBuilder();
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable || coalesce(column_default, '')"
                                + " FROM information_schema.columns WHERE table_schema = '" + schema
                                + "' UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = '" + schema
                                + "' UNION ALL SELECT event_object_table || trigger_name FROM information_schema.triggers WHERE trigger_schema = '"
                                + schema
                                + "' UNION ALL SELECT typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE nspname = '"
                                + schema + "' ORDER BY 1")) {
            while (rows.next()) {
                all.append(rows.getString(1)).append('\n');
            }
        }
        return all.toString();
    }

    @Override
    void execute(String sql) throws SQLException {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = " + schema);
            statement.execute(sql.replaceAll("(UPDATE|FROM) Customers", "$1 \"Customers\""));
        }
    }
}
