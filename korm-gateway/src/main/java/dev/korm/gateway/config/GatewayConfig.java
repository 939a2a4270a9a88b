package dev.korm.gateway.config;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Pool;
import dev.korm.gateway.Gateway;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.settings.Limits;
import dev.korm.gateway.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The configuration of a gateway, read from a file of JSON, in which comments are fine. Every text may name variables of the environment: <code>${WS_PORT:-7000}</code>.
 *
 * <pre>{@code
 * GatewayConfig config = GatewayConfig.read(Path.of("gateway.json"));
 * }</pre>
 *
 * <p>What it does not know it refuses, with the place in the file. Immutable.
 */
public final class GatewayConfig {
    private static final int LAST_PORT = 65_535;
    private static final String POOL = "pool";
    private static final String TOPICS = "topics";

    private final Map<String, String> layers;
    private final Optional<Map<String, String>> kafka;
    private final Map<String, String> redis;
    private final Optional<String> journal;
    private final String host;
    private final int port;
    private final List<String> origins;
    private final boolean broadcast;
    private final Authenticator authenticator;
    private final AccessPolicy policy;
    private final Limits limits;

    private GatewayConfig(ConfigNode file) {
        file.knows(
                "host",
                "port",
                "layers",
                "journal",
                "origins",
                "broadcast",
                "auth",
                "tables",
                "limits",
                "answerFrom",
                "kafka",
                "redis");
        kafka = file.object("kafka").map(ConfigNode::texts).map(Map::copyOf).filter(GatewayConfig::isGiven);
        redis = file.object("redis").map(ConfigNode::texts).map(Map::copyOf).orElse(Map.of());
        layers = layers(file);
        if (!redis.getOrDefault("host", "").isEmpty() && !layers.isEmpty()) {
            throw new ConfigurationException(
                    "\"redis\" keeps what a gateway without a pool reads from topics; leave it out beside a pool");
        }
        journal = file.text("journal");
        host = file.text("host").orElse("0.0.0.0");
        port = port(file.text("port").orElse("7000"));
        origins = file.list("origins");
        broadcast = file.text("broadcast")
                .map(text -> truth(file.at("broadcast"), text))
                .orElse(true);
        authenticator = AuthConfig.read(file.object("auth")
                .orElseThrow(() -> new ConfigurationException(
                        "\"auth\" is missing: how clients prove who they are, or {\"anonymous\":"
                                + " \"tenant\"} where that is meant")));
        policy = TablesConfig.read(file.object("tables")
                .orElseThrow(() -> new ConfigurationException(
                        "\"tables\" is missing: what clients may see and change, which is nothing without it")));
        limits = file.object("limits").map(GatewayConfig::limits).orElse(Limits.DEFAULT);
    }

    /**
     * Reads a file, with the variables of this process.
     *
     * @throws ConfigurationException when it cannot be read, or says something that is not understood
     */
    public static GatewayConfig read(Path file) {
        return read(file, System::getenv);
    }

    /** Reads a file, with variables from elsewhere; null for one that is not set. */
    public static GatewayConfig read(Path file, Function<String, @Nullable String> environment) {
        requireNonNull(file, "file");
        requireNonNull(environment, "environment");
        try {
            return new GatewayConfig(
                    new ConfigNode("", Json.LENIENT.readTree(Files.readString(file)), new Variables(environment)));
        } catch (IOException unreadable) {
            throw new ConfigurationException(
                    "The configuration " + file + " cannot be read: " + unreadable, unreadable);
        } catch (JacksonException broken) {
            throw new ConfigurationException(
                    "The configuration " + file + " is not JSON: " + broken.getOriginalMessage() + " (line "
                            + broken.getLocation().getLineNr() + ")",
                    broken);
        }
    }

    /** Returns the layers of the pool that is answered from; none where that are topics. */
    private Map<String, String> layers(ConfigNode file) {
        Optional<ConfigNode> named = file.object("layers");
        String from = file.text("answerFrom").orElse(named.isEmpty() && kafka.isPresent() ? TOPICS : POOL);
        if (from.equals(TOPICS)) {
            if (kafka.isEmpty()) {
                throw new ConfigurationException("\"answerFrom\" is topics, and \"kafka.brokers\" names no brokers");
            }
            return Map.of();
        }
        if (!from.equals(POOL)) {
            throw new ConfigurationException("\"answerFrom\" is pool or topics, not " + from);
        }
        return Map.copyOf(named.orElseThrow(() -> new ConfigurationException(
                        "\"layers\" is missing: the layers of the pool, each with its store"))
                .texts());
    }

    /** Returns whether there are topics: a file may name them by variables that are not set. */
    private static boolean isGiven(Map<String, String> kafka) {
        return !kafka.getOrDefault("brokers", "").isEmpty();
    }

    /** Returns the stores of the pool's layers, by the layers' names; none for a gateway that answers from topics. */
    public Map<String, String> layers() {
        return layers;
    }

    /** Returns the folder of the pool's journal, where it has one. */
    public Optional<String> journal() {
        return journal;
    }

    /** Begins the gateway over a pool. */
    public Gateway.Builder gateway(Pool pool) {
        return with(Gateway.builder(pool));
    }

    /**
     * Begins a gateway that answers from topics, where the file has no layers.
     *
     * @throws ConfigurationException when {@code korm-gateway-kafka} is not there, or the file says something of topics that is not understood
     */
    public Gateway.Builder gateway() {
        return with(Gateway.builder(topics().upstream(kafka.orElse(Map.of()), redis)));
    }

    /**
     * Starts answering from a pool over topics, where the file names some; otherwise it does nothing.
     *
     * @throws dev.korm.KormException when {@code korm-gateway-kafka} is not there, or the brokers do not answer
     */
    public TopicsProvider.Service service(Pool pool) {
        requireNonNull(pool, "pool");
        return kafka.isEmpty() ? new NoTopics() : topics().serve(pool, policy, limits, kafka.get());
    }

    /** Nothing to answer over topics. */
    private static final class NoTopics implements TopicsProvider.Service {
        @Override
        public boolean isReady(Duration limit) {
            return true;
        }

        @Override
        public void close() {
            // Nothing was begun.
        }
    }

    private static TopicsProvider topics() {
        return ServiceLoader.load(TopicsProvider.class)
                .findFirst()
                .orElseThrow(() -> new ConfigurationException(
                        "\"kafka\" needs the module korm-gateway-kafka; add it to the class path"));
    }

    private Gateway.Builder with(Gateway.Builder made) {
        Gateway.Builder builder = made.authenticator(authenticator)
                .policy(policy)
                .limits(limits)
                .origins(origins.toArray(String[]::new))
                .host(host)
                .port(port);
        return broadcast ? builder : builder.withoutBroadcast();
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= LAST_PORT) {
                return port;
            }
        } catch (NumberFormatException noNumber) {
            // Told below, as a number that is none.
        }
        throw new ConfigurationException("\"port\" is a number from 0 to " + LAST_PORT + ", not " + text);
    }

    static boolean truth(String place, String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw new ConfigurationException(place + " is true or false, not " + text);
    }

    private static Limits limits(ConfigNode node) {
        Map<String, BiFunction<Limits, Integer, Limits>> numbers = Map.ofEntries(
                Map.entry("connections", Limits::withConnections),
                Map.entry("messageBytes", Limits::withMessageBytes),
                Map.entry("queuedFrames", Limits::withQueuedFrames),
                Map.entry("queuedBytes", Limits::withQueuedBytes),
                Map.entry("snapshotBytes", Limits::withSnapshotBytes),
                Map.entry("rows", Limits::withRows),
                Map.entry("subscriptions", Limits::withSubscriptions),
                Map.entry("requestsPerSecond", Limits::withRequestsPerSecond),
                Map.entry("requestBurst", Limits::withRequestBurst),
                Map.entry("pendingRequests", Limits::withPendingRequests),
                Map.entry("workers", Limits::withWorkers),
                Map.entry("presence", Limits::withPresence));
        Map<String, BiFunction<Limits, Duration, Limits>> times =
                Map.of("requestTime", Limits::withRequestTime, "ping", Limits::withPing, "idle", Limits::withIdle);
        Limits[] limits = {Limits.DEFAULT};
        node.texts().keySet().forEach(name -> {
            if (numbers.containsKey(name)) {
                node.set(
                        name,
                        Integer::valueOf,
                        value -> limits[0] = numbers.get(name).apply(limits[0], value));
            } else if (times.containsKey(name)) {
                node.set(
                        name,
                        Duration::parse,
                        value -> limits[0] = times.get(name).apply(limits[0], value));
            } else {
                throw new ConfigurationException(node.at(name) + " is no limit");
            }
        });
        return limits[0];
    }
}
