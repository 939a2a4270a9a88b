package dev.korm.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.ConfigurationException;
import java.net.URLDecoder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a PostgreSQL database is, and who asks.
 *
 * @param url how it was given, when it was given so
 * @param properties settings of the driver
 */
record PostgresAddress(
        Optional<String> url,
        String host,
        int port,
        String database,
        String user,
        Optional<String> password,
        Map<String, String> properties) {
    private static final int PORT = 5432;
    private static final String STANDARD = "postgres";

    PostgresAddress {
        properties = Map.copyOf(properties);
    }

    static PostgresAddress of(String host) {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("A server has a host");
        }
        return new PostgresAddress(Optional.empty(), host, PORT, STANDARD, STANDARD, Optional.empty(), Map.of());
    }

    /** Reads a URL. What is wrong with one is said without its text, which holds a password. */
    static PostgresAddress parse(String url) {
        String rest = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        if (rest.startsWith("postgres:")) {
            rest = rest.substring("postgres:".length());
        } else if (rest.startsWith("postgresql:")) {
            rest = rest.substring("postgresql:".length());
        } else {
            throw wrong("it begins with none of postgres://, postgresql:// and jdbc:postgresql:");
        }
        Map<String, String> settings = new TreeMap<>();
        int question = rest.indexOf('?');
        if (question >= 0) {
            for (String setting : rest.substring(question + 1).split("&", -1)) {
                int equals = setting.indexOf('=');
                if (equals > 0) {
                    settings.put(decoded(setting.substring(0, equals)), decoded(setting.substring(equals + 1)));
                }
            }
            rest = rest.substring(0, question);
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
            throw wrong("it names several hosts. Name one, or give a data source");
        }
        int colon = credentials.indexOf(':');
        String user = decoded(colon < 0 ? credentials : credentials.substring(0, colon));
        Optional<String> password =
                colon < 0 ? Optional.empty() : Optional.of(decoded(credentials.substring(colon + 1)));
        String givenUser = settings.remove("user");
        String givenPassword = settings.remove("password");
        if (user.isEmpty()) {
            user = givenUser == null ? STANDARD : givenUser;
        }
        if (password.isEmpty()) {
            password = Optional.ofNullable(givenPassword);
        }
        int portAt = place.endsWith("]") ? -1 : place.lastIndexOf(':');
        String host = portAt < 0 ? place : place.substring(0, portAt);
        String name = decoded(database);
        return new PostgresAddress(
                Optional.of(url),
                host.isEmpty() ? "localhost" : host,
                portAt < 0 || portAt == place.length() - 1 ? PORT : port(place.substring(portAt + 1)),
                name.isEmpty() ? user : name,
                user,
                password,
                settings);
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException noNumber) {
            // Said below, without the text.
        }
        throw wrong("its port is no number between 1 and 65535; a : @ / or ? in a password is written %3A %40 %2F %3F");
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException noCode) {
            throw wrong("a % in it is not followed by two hex digits; a % itself is written %25");
        }
    }

    private static ConfigurationException wrong(String why) {
        return new ConfigurationException("The URL of a PostgreSQL layer cannot be read: " + why);
    }

    PostgresAddress withPort(int newPort) {
        return new PostgresAddress(Optional.empty(), host, newPort, database, user, password, properties);
    }

    PostgresAddress withDatabase(String name) {
        return new PostgresAddress(Optional.empty(), host, port, name, user, password, properties);
    }

    PostgresAddress withUser(String name) {
        return new PostgresAddress(Optional.empty(), host, port, database, name, password, properties);
    }

    PostgresAddress withPassword(String newPassword) {
        return new PostgresAddress(Optional.empty(), host, port, database, user, Optional.of(newPassword), properties);
    }

    PostgresAddress withProperty(String name, String value) {
        Map<String, String> more = new TreeMap<>(properties);
        more.put(name, value);
        return new PostgresAddress(url, host, port, database, user, password, more);
    }

    /** What tells the database from others, without credentials. */
    String identity() {
        return "postgres://" + host + ":" + port + "/" + database;
    }

    @Override
    public String toString() {
        return identity();
    }
}
