package dev.korm.testkit.existing;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

class PostgresOtherSchemaTest extends OtherSchemaContract {
    private final String own = PostgresServer.newSchema();

    @Override
    LayerSource made() throws SQLException {
        execute("CREATE SCHEMA IF NOT EXISTS " + OTHER);
        execute("DROP TABLE IF EXISTS " + OTHER + ".parts");
        execute("CREATE TABLE " + OTHER + ".parts (id BIGINT PRIMARY KEY, name TEXT, part_of_id BIGINT REFERENCES "
                + OTHER + ".parts, version INTEGER NOT NULL)");
        execute("INSERT INTO " + OTHER + ".parts VALUES (7, 'wheel', NULL, 0), (8, 'spoke', 7, 0)");
        execute("CREATE TABLE " + own + ".parts (code VARCHAR(20) PRIMARY KEY, name TEXT)");
        return PostgresServer.in(own);
    }

    @Override
    void execute(String sql) throws SQLException {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    List<String> schema() throws SQLException {
        List<String> all = new ArrayList<>();
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT table_name || column_name FROM information_schema.columns"
                                + " WHERE table_schema = '" + OTHER
                                + "' UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = '" + OTHER
                                + "' UNION ALL SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = '"
                                + OTHER
                                + "' ORDER BY 1")) {
            while (rows.next()) {
                all.add(rows.getString(1));
            }
        }
        return all;
    }
}
