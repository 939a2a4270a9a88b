package dev.korm.testkit.existing;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.mysql.MySqlTestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

class MySqlOtherSchemaTest extends OtherSchemaContract {
    private final String own = MySqlTestServer.newDatabase();

    @Override
    LayerSource made() throws SQLException {
        execute("CREATE DATABASE IF NOT EXISTS " + OTHER);
        execute("DROP TABLE IF EXISTS " + OTHER + ".parts");
        execute("CREATE TABLE " + OTHER + ".parts (id BIGINT PRIMARY KEY, name VARCHAR(40), part_of_id BIGINT,"
                + " version INTEGER NOT NULL, FOREIGN KEY (part_of_id) REFERENCES " + OTHER + ".parts (id))");
        execute("INSERT INTO " + OTHER + ".parts VALUES (7, 'wheel', NULL, 0), (8, 'spoke', 7, 0)");
        execute("CREATE TABLE " + own
                + ".parts (code VARCHAR(20) COLLATE utf8mb4_bin PRIMARY KEY, name VARCHAR(40)) CHARACTER SET utf8mb4");
        return MySqlTestServer.in(own);
    }

    @Override
    void execute(String sql) throws SQLException {
        try (Connection connection = MySqlTestServer.connect(own);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    List<String> schema() throws SQLException {
        List<String> all = new ArrayList<>();
        try (Connection connection = MySqlTestServer.connect(own);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT CONCAT(table_name, column_name) FROM information_schema.columns WHERE table_schema = '"
                                + OTHER
                                + "' UNION ALL SELECT CONCAT(index_name, column_name) FROM information_schema.statistics WHERE table_schema = '"
                                + OTHER
                                + "' UNION ALL SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = '"
                                + OTHER + "' ORDER BY 1")) {
            while (rows.next()) {
                all.add(rows.getString(1));
            }
        }
        return all;
    }
}
