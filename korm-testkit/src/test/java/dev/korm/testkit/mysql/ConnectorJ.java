package dev.korm.testkit.mysql;

import com.mysql.cj.jdbc.MysqlDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.korm.jdbc.MySql;
import java.sql.SQLException;

/** A program's own pool of connections, made by MySQL's driver and not by MariaDB's. */
final class ConnectorJ implements AutoCloseable {
    private final HikariDataSource pool;

    private ConnectorJ(MysqlDataSource driver) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(driver);
        config.setMaximumPoolSize(20);
        config.setMinimumIdle(0);
        this.pool = new HikariDataSource(config);
    }

    /** As the driver is by itself: it puts values into the text of a statement. */
    static ConnectorJ plain(String database) {
        return new ConnectorJ(driver(database));
    }

    /** Told to prepare statements on the server, and to keep them. */
    static ConnectorJ preparing(String database) throws SQLException {
        MysqlDataSource driver = driver(database);
        driver.setUseServerPrepStmts(true);
        driver.setCachePrepStmts(true);
        return new ConnectorJ(driver);
    }

    private static MysqlDataSource driver(String database) {
        MysqlDataSource driver = new MysqlDataSource();
        driver.setUrl(MySqlTestServer.url(database)
                .replaceFirst("^(jdbc:)?(mariadb|mysql):", "jdbc:mysql:")
                .replace("sslMode=disable", "sslMode=DISABLED")
                .replace("sslMode=trust", "sslMode=REQUIRED"));
        return driver;
    }

    MySql source() {
        return MySql.dataSource(pool);
    }

    @Override
    public void close() {
        pool.close();
    }
}
