package dev.korm.testkit.kalam;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The server as a program, which runs until it is ended. It is set by variables of the environment, of which those that the real server has too are named as there.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><th>variable</th><th>default</th><th>sets</th></tr>
 * <tr><td>{@code KALAMDB_SERVER_HOST}</td><td>{@code 127.0.0.1}</td><td>the address at which it listens</td></tr>
 * <tr><td>{@code KALAMDB_SERVER_PORT}</td><td>{@code 8080}</td><td>the port; 0 takes one that is free</td></tr>
 * <tr><td>{@code KALAMDB_DATA_DIR}</td><td>{@code data}</td><td>the folder that keeps the data</td></tr>
 * <tr><td>{@code KALAMDB_ROOT_PASSWORD}</td><td>{@code Local-123}, at a loopback address alone</td><td>the password of the users who exist from the start, when the folder is
 * new</td></tr>
 * <tr><td>{@code KALAMDB_TOPIC_VISIBILITY_TIMEOUT_SECS}</td><td>{@code 60}</td><td>when messages that were not acknowledged are delivered again</td></tr>
 * <tr><td>{@code KALAMDB_TOKEN_LIFETIME}</td><td>{@code PT24H}</td><td>how long an access token lives</td></tr>
 * <tr><td>{@code KALAMDB_QUERIES_PER_SECOND}</td><td>{@code 0}, no limit</td><td>how many requests for SQL a user may make</td></tr>
 * <tr><td>{@code KALAMDB_ANONYMOUS_LOOPBACK}</td><td>{@code false}</td><td>whether requests from this machine need no credentials</td></tr>
 * <tr><td>{@code KALAMDB_TRAPS}</td><td>{@code all}</td><td>{@code all}, {@code none}, or names of {@link Trap}s with commas between them</td></tr>
 * </table>
 *
 * <p>A system property of the same name, in lower case and with dots ({@code kalamdb.server.port}), counts more than the variable. A value that cannot be read is
 * an error; a variable {@code KALAMDB_…} that only the real server has is named and passed over.
 */
public final class KalamServerCommand {
    private static final Set<String> KNOWN = Set.of(
            "KALAMDB_SERVER_HOST",
            "KALAMDB_SERVER_PORT",
            "KALAMDB_DATA_DIR",
            "KALAMDB_ROOT_PASSWORD",
            "KALAMDB_TOPIC_VISIBILITY_TIMEOUT_SECS",
            "KALAMDB_TOKEN_LIFETIME",
            "KALAMDB_QUERIES_PER_SECOND",
            "KALAMDB_ANONYMOUS_LOOPBACK",
            "KALAMDB_TRAPS");
    private static final int PORT = 8080;

    private final Map<String, String> settings;

    private KalamServerCommand(Map<String, String> settings) {
        this.settings = settings;
    }

    /** Starts the server that the environment describes, prints its address, and runs until the process is ended. */
    public static void main(String[] arguments) throws InterruptedException {
        Map<String, String> settings = new TreeMap<>(System.getenv());
        for (String name : KNOWN) {
            String property = System.getProperty(name.toLowerCase(Locale.ROOT).replace('_', '.'));
            if (property != null) {
                settings.put(name, property);
            }
        }
        KalamServer server = start(settings, System.err);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "kalam-end"));
        System.out.println(server.url());
        new CountDownLatch(1).await();
    }

    /** Starts the server that these settings describe. */
    static KalamServer start(Map<String, String> settings, PrintStream warnings) {
        Set<String> others = new TreeSet<>(settings.keySet());
        others.removeIf(name -> !name.startsWith("KALAMDB_") || KNOWN.contains(name));
        if (!others.isEmpty()) {
            warnings.println("This server, which is for tests, has no settings " + others);
        }
        return new KalamServerCommand(settings).builder().start();
    }

    private KalamServerBuilder builder() {
        String host = text("KALAMDB_SERVER_HOST", "127.0.0.1");
        KalamServerBuilder builder = KalamServer.builder()
                .host(host)
                .port(number("KALAMDB_SERVER_PORT", PORT, 65_535))
                .folder(Path.of(text("KALAMDB_DATA_DIR", "data")))
                .password(password(host))
                .visibilityTimeout(
                        Duration.ofSeconds(number("KALAMDB_TOPIC_VISIBILITY_TIMEOUT_SECS", 60, Integer.MAX_VALUE)))
                .tokenLifetime(lifetime())
                .queriesPerSecond(number("KALAMDB_QUERIES_PER_SECOND", 0, Integer.MAX_VALUE))
                .traps(traps());
        return isTrue("KALAMDB_ANONYMOUS_LOOPBACK") ? builder.anonymousLoopback() : builder;
    }

    private String password(String host) {
        String given = value("KALAMDB_ROOT_PASSWORD");
        boolean isOwn = host.startsWith("127.") || host.equals("localhost") || host.equals("::1");
        if (given == null && !isOwn) {
            throw new IllegalArgumentException(
                    "A server that others reach needs a password of its own: set KALAMDB_ROOT_PASSWORD,"
                            + " or let it listen at 127.0.0.1 alone");
        }
        return given == null ? KalamServerBuilder.STANDARD_PASSWORD : given;
    }

    private Duration lifetime() {
        try {
            return Duration.parse(text("KALAMDB_TOKEN_LIFETIME", "PT24H"));
        } catch (DateTimeParseException e) {
            throw unreadable("KALAMDB_TOKEN_LIFETIME", "a duration such as PT24H", e);
        }
    }

    private Set<Trap> traps() {
        String text = text("KALAMDB_TRAPS", "all").strip();
        Set<Trap> chosen = EnumSet.noneOf(Trap.class);
        switch (text.toLowerCase(Locale.ROOT)) {
            case "all" -> chosen.addAll(EnumSet.allOf(Trap.class));
            case "none" -> {}
            default -> {
                for (String name : text.split(",", -1)) {
                    try {
                        chosen.add(Trap.valueOf(name.strip().toUpperCase(Locale.ROOT)));
                    } catch (IllegalArgumentException e) {
                        throw unreadable("KALAMDB_TRAPS", "all, none, or some of " + EnumSet.allOf(Trap.class), e);
                    }
                }
            }
        }
        return chosen;
    }

    private int number(String name, int standard, int most) {
        String text = text(name, String.valueOf(standard)).strip();
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw unreadable(name, "a whole number from 0 to " + most, e);
        }
        throw unreadable(name, "a whole number from 0 to " + most, null);
    }

    private boolean isTrue(String name) {
        return switch (text(name, "false").strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw unreadable(name, "true or false", null);
        };
    }

    private static IllegalArgumentException unreadable(String name, String wanted, @Nullable Exception cause) {
        return new IllegalArgumentException("The setting " + name + " is " + wanted, cause);
    }

    private String text(String name, String standard) {
        return Objects.requireNonNullElse(value(name), standard);
    }

    /** Returns what is set, or null; what is set to nothing is not, as compose files have it. */
    private @Nullable String value(String name) {
        String value = settings.get(name);
        return value == null || value.isBlank() ? null : value;
    }
}
