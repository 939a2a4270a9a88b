package dev.korm.jdbc.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.ConfigurationException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The address of a database on a server, and the user.
 *
 * @param product which database it is
 * @param url how it was given, when it was given so
 * @param properties settings of the driver
 */
public record ServerAddress(
        Product product,
        Optional<String> url,
        String host,
        int port,
        String database,
        String user,
        Optional<String> password,
        Map<String, String> properties) {
    /** A database product, and what stands for what an address leaves out; an empty database has to be named. */
    public enum Product {
        POSTGRES("PostgreSQL", "postgres", 5432, "postgres", "postgres", "postgresql"),
        MYSQL("MySQL", "mysql", 3306, "root", "", "mariadb");

        private final String text;
        private final String scheme;
        private final int port;
        private final String user;
        private final String database;
        private final String otherScheme;

        Product(String text, String scheme, int port, String user, String database, String otherScheme) {
            this.text = text;
            this.scheme = scheme;
            this.port = port;
            this.user = user;
            this.database = database;
            this.otherScheme = otherScheme;
        }

        private List<String> schemes() {
            return List.of(scheme, otherScheme);
        }

        /** Returns the schemes of its URLs, as messages list them; a driver's own beside the plain ones. */
        private String spellings() {
            List<String> spellings = new ArrayList<>();
            for (String each : schemes()) {
                spellings.add(each + "://");
            }
            for (String each : schemes()) {
                if (this != POSTGRES || each.equals("postgresql")) {
                    spellings.add("jdbc:" + each + ":");
                }
            }
            int last = spellings.size() - 1;
            return String.join(", ", spellings.subList(0, last)) + " and " + spellings.get(last);
        }
    }

    public ServerAddress {
        properties = Map.copyOf(properties);
    }

    static ServerAddress of(Product product, String host) {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("A server has a host");
        }
        return new ServerAddress(
                product,
                Optional.empty(),
                host,
                product.port,
                product.database,
                product.user,
                Optional.empty(),
                Map.of());
    }

    /** Reads a URL. What is wrong with one is said without its text, which holds a password. */
    static ServerAddress parse(Product product, String url) {
        String rest = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        int colonAt = rest.indexOf(':');
        if (colonAt < 0 || !product.schemes().contains(rest.substring(0, colonAt))) {
            throw wrong(product, "it begins with none of " + product.spellings());
        }
        rest = rest.substring(colonAt + 1);
        Map<String, String> settings = new TreeMap<>();
        int question = rest.indexOf('?');
        if (question >= 0) {
            for (String setting : rest.substring(question + 1).split("&", -1)) {
                int equals = setting.indexOf('=');
                if (equals > 0) {
                    settings.put(
                            decoded(product, setting.substring(0, equals)),
                            decoded(product, setting.substring(equals + 1)));
                }
            }
            rest = rest.substring(0, question);
        }
        if (product == Product.MYSQL && !rest.startsWith("//")) {
            throw wrong(product, "it names modes of a driver. Name one server, or give a data source");
        }
        String server = "";
        String database = rest;
        if (rest.startsWith("//")) {
            int slash = rest.indexOf('/', 2);
            server = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
            database = slash < 0 ? "" : rest.substring(slash + 1);
        }
        int at = server.lastIndexOf('@');
        String credentials = at < 0 ? "" : server.substring(0, at);
        String place = at < 0 ? server : server.substring(at + 1);
        if (place.contains(",")) {
            throw wrong(product, "it names several hosts. Name one, or give a data source");
        }
        int colon = credentials.indexOf(':');
        String user = decoded(product, colon < 0 ? credentials : credentials.substring(0, colon));
        Optional<String> password =
                colon < 0 ? Optional.empty() : Optional.of(decoded(product, credentials.substring(colon + 1)));
        String givenUser = settings.remove("user");
        String givenPassword = settings.remove("password");
        if (user.isEmpty()) {
            user = givenUser == null ? product.user : givenUser;
        }
        if (password.isEmpty()) {
            password = Optional.ofNullable(givenPassword);
        }
        int portAt = place.endsWith("]") ? -1 : place.lastIndexOf(':');
        String host = portAt < 0 ? place : place.substring(0, portAt);
        String name = decoded(product, database);
        return new ServerAddress(
                product,
                Optional.of(url),
                host.isEmpty() ? "localhost" : host,
                portAt < 0 || portAt == place.length() - 1 ? product.port : port(product, place.substring(portAt + 1)),
                name.isEmpty() && product == Product.POSTGRES ? user : name,
                user,
                password,
                settings);
    }

    private static int port(Product product, String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException noNumber) {
            // Said below, without the text.
        }
        throw wrong(
                product,
                "its port is not a number between 1 and 65535; a : @ / or ? in a password is written %3A %40 %2F %3F");
    }

    private static String decoded(Product product, String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException noCode) {
            throw wrong(product, "a % in it is not followed by two hex digits; a % itself is written %25");
        }
    }

    private static ConfigurationException wrong(Product product, String why) {
        return new ConfigurationException("The URL of a " + product.text + " layer cannot be read: " + why);
    }

    ServerAddress withPort(int newPort) {
        return new ServerAddress(product, Optional.empty(), host, newPort, database, user, password, properties);
    }

    public ServerAddress withDatabase(String name) {
        return new ServerAddress(product, Optional.empty(), host, port, name, user, password, properties);
    }

    public ServerAddress withUser(String name) {
        return new ServerAddress(product, Optional.empty(), host, port, database, name, password, properties);
    }

    public ServerAddress withPassword(String newPassword) {
        return new ServerAddress(
                product, Optional.empty(), host, port, database, user, Optional.of(newPassword), properties);
    }

    public ServerAddress withProperty(String name, String value) {
        Map<String, String> more = new TreeMap<>(properties);
        more.put(name, value);
        return new ServerAddress(product, url, host, port, database, user, password, more);
    }

    /** Returns the properties that were set beside the URL, by methods of a source; those of the URL itself may be secret. */
    Map<String, String> added() {
        Map<String, String> added = new TreeMap<>(properties);
        url.map(text -> parse(product, text).properties)
                .orElse(Map.of())
                .forEach((name, value) -> added.remove(name, value));
        return added;
    }

    /** Returns this address with the properties that were set beside another's URL, where it has none of its own. */
    ServerAddress withAddedOf(ServerAddress other) {
        Map<String, String> all = new TreeMap<>(other.added());
        all.putAll(properties);
        return new ServerAddress(product, url, host, port, database, user, password, all);
    }

    /** Returns the identity of the database, without credentials. */
    String identity() {
        return product.scheme + "://" + host + ":" + port + "/" + database;
    }

    @Override
    public String toString() {
        return identity();
    }
}
