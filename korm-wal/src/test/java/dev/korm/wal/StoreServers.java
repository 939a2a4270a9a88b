package dev.korm.wal;

import dev.korm.testkit.MariaDbServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.gaul.s3proxy.junit.S3ProxyExtension;

/** A PostgreSQL, a MariaDB and an S3 server of a test's own. */
final class StoreServers implements AutoCloseable {
    private static final String KEY = "test-access-key";

    private final String secret = "test-secret-key-" + UUID.randomUUID();
    private final EmbeddedPostgres postgres;
    private final MariaDbServer maria;
    private final S3ProxyExtension s3 =
            S3ProxyExtension.builder().withCredentials(KEY, secret).build();

    StoreServers(Path folder) throws Exception {
        s3.beforeEach(null);
        postgres = EmbeddedPostgres.builder().start();
        maria = MariaDbServer.start(folder);
    }

    /**
     * Returns new stores: a database of SQLite, one of PostgreSQL and one of MariaDB, files in a folder and on S3, and a journal.
     *
     * @param name of all of them
     */
    ProgramStores stores(Path folder, String name) throws IOException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + statement.enquoteIdentifier(name, true));
        } catch (SQLException failed) {
            throw new IOException(failed);
        }
        return new ProgramStores(List.of(
                "sqlite lite " + folder.resolve("lite.sqlite"),
                "mysql maria " + maria.create(name),
                "postgres pg postgres://postgres:postgres@localhost:" + postgres.getPort() + "/postgres " + name,
                "folder files " + folder.resolve("files"),
                "s3 objects " + s3.getUri() + " " + KEY + " " + secret + " " + name,
                "journal - " + folder.resolve("journal")));
    }

    @Override
    public void close() throws IOException {
        maria.close();
        postgres.close();
        s3.afterEach(null);
    }
}
