package dev.korm.cli;

import dev.korm.cli.schema.DatabaseTable;
import dev.korm.cli.schema.DatabaseTables;
import dev.korm.cli.schema.RecordSource;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints records for the tables of a database. */
@Command(
        name = "import-schema",
        description = {
            "Prints the Java source of records for tables that are there: with their keys, names, types, and foreign keys as references. Nothing is changed.",
            "",
            "It is a beginning, to be read before it is used: names are made from those of the tables and columns, and a type may be a narrower one that only you know."
        },
        mixinStandardHelpOptions = true,
        versionProvider = KormCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it is printed", "1:it failed; standard error says why", "2:the command line was not valid"})
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class ImportSchemaCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "STORE",
            description =
                    "The database: a URL, such as postgres://user:password@host/database or one of JDBC, or the file of an SQLite database.")
    private String store;

    @Option(names = "--schema", paramLabel = "NAME", description = "The schema of the tables; by default the user's.")
    private @Nullable String schema;

    @Option(names = "--table", paramLabel = "NAME", description = "Only this table, and others that are named so.")
    private List<String> only = List.of();

    @Option(names = "--package", paramLabel = "NAME", description = "The package of the source.")
    private @Nullable String packageName;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            defaultValue = "app",
            description = "The namespace in the RNs: ${DEFAULT-VALUE}.")
    private String namespace;

    private ImportSchemaCommand() {}

    @Override
    public void run() {
        if (!namespace.matches("[a-z][a-z0-9]*")) {
            throw new ParameterException(
                    spec.commandLine(), "--namespace is a lower-case letter, then lower-case letters and digits");
        }
        try (Connection connection = connect()) {
            DatabaseTables database = DatabaseTables.of(connection, schema);
            List<DatabaseTable> tables = database.all().stream()
                    .filter(table -> only.isEmpty() || only.contains(table.name()))
                    .toList();
            if (tables.isEmpty()) {
                throw new Failure(
                        "There is no such table" + (schema == null ? "; --schema names another schema" : ""), null);
            }
            PrintWriter out = spec.commandLine().getOut();
            out.print(new RecordSource(database.product(), namespace, schema, tables).text(packageName));
            out.flush();
        } catch (SQLException failed) {
            // A driver's message may hold the URL, and with it a password.
            throw new Failure(
                    "The database cannot be read (" + failed.getClass().getSimpleName() + ", SQLState "
                            + failed.getSQLState() + "); check the address, the user, and that it is running",
                    failed);
        }
    }

    private Connection connect() throws SQLException {
        if (store.startsWith("jdbc:")) {
            return DriverManager.getConnection(store);
        }
        if (!store.contains("://")) {
            if (!Files.isRegularFile(Path.of(store))) {
                throw new Failure(store + " is not there; a store is a URL or the file of an SQLite database", null);
            }
            return DriverManager.getConnection("jdbc:sqlite:file:"
                    + Path.of(store).toAbsolutePath().toUri().getRawPath() + "?mode=ro");
        }
        URI address;
        try {
            address = new URI(store);
        } catch (URISyntaxException malformed) {
            throw new Failure("The address is no URL", null);
        }
        boolean postgres = String.valueOf(address.getScheme()).startsWith("postgres");
        Properties credentials = new Properties();
        String user = address.getUserInfo();
        if (user != null) {
            int colon = user.indexOf(':');
            credentials.setProperty("user", colon < 0 ? user : user.substring(0, colon));
            if (colon >= 0) {
                credentials.setProperty("password", user.substring(colon + 1));
            }
        }
        String port = address.getPort() < 0 ? "" : ":" + address.getPort();
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        return DriverManager.getConnection(
                "jdbc:" + (postgres ? "postgresql" : "mariadb") + "://" + address.getHost() + port
                        + address.getRawPath() + query,
                credentials);
    }
}
