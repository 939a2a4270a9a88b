package dev.korm.gateway;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Pool;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.server.WebServer;
import dev.korm.gateway.settings.Limits;
import dev.korm.gateway.source.PoolSource;
import dev.korm.gateway.source.RowSource;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gateway: clients connect to it by WebSocket, follow queries and call methods, each within what the policy allows it.
 *
 * <pre>{@code
 * try (Gateway gateway = Gateway.builder(pool)
 *         .authenticator(JwtAuthenticator.builder().hs256(secret).build())
 *         .policy(AccessPolicy.builder()
 *                 .table("todos", TableRule.of(Rn.collection("todo", "item"))
 *                         .rowsWhere("tenant", Identity::tenant)
 *                         .allow(Right.READ, Right.ADD, Right.UPDATE, Right.DELETE))
 *                 .build())
 *         .port(7000)
 *         .start()) {
 *     …
 * }
 * }</pre>
 *
 * <p>Safe for many threads. The pool stays the caller's, to be closed after the gateway.
 */
public final class Gateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.gateway");

    private final WebServer server;

    private Gateway(WebServer server) {
        this.server = server;
    }

    /** Begins a gateway over a pool. */
    public static Builder builder(Pool pool) {
        requireNonNull(pool, "pool");
        return new Builder((policy, limits) -> new PoolSource(pool, policy, limits));
    }

    /** Begins a gateway that has no pool of its own. */
    public static Builder builder(Upstream upstream) {
        return new Builder(requireNonNull(upstream, "upstream"));
    }

    /** Returns the port that it listens on. */
    public int port() {
        return server.port();
    }

    /** Returns how many clients are connected. */
    public int connections() {
        return server.connections();
    }

    /** Returns how many live queries run: those who ask the same share one. */
    public int liveQueries() {
        return server.questions();
    }

    /** Returns counts of what there is, and of what has happened since the start. */
    public GatewayMetrics metrics() {
        return server.metrics();
    }

    /** Ends it: clients are told, requests under way are given up, and no thread is left. Twice is fine. */
    @Override
    @SuppressWarnings("CatchingUnchecked") // Jetty declares Exception.
    public void close() {
        try {
            server.stop();
        } catch (Exception failed) {
            LOG.warn("The gateway did not end cleanly", failed);
        }
    }

    /** Settings of a gateway. For one thread. */
    public static final class Builder {
        private static final int LAST_PORT = 65_535;

        private final Upstream upstream;
        private final Set<String> origins = new HashSet<>();
        private @Nullable Authenticator authenticator;
        private @Nullable AccessPolicy policy;
        private Limits limits = Limits.DEFAULT;
        private boolean broadcast = true;
        private Predicate<Duration> ready = limit -> true;
        private String host = "0.0.0.0";
        private int port = 7000;

        private Builder(Upstream upstream) {
            this.upstream = upstream;
        }

        /** Decides by this who clients are. Needed. */
        public Builder authenticator(Authenticator decides) {
            authenticator = requireNonNull(decides, "decides");
            return this;
        }

        /** Allows clients what this says, and nothing else. Needed. */
        public Builder policy(AccessPolicy allows) {
            policy = requireNonNull(allows, "allows");
            return this;
        }

        /** Allows pages of these origins to connect, such as {@code https://app.example.org}; those that come from {@code localhost} or an address, and from the gateway itself, always may. {@code *} allows all. */
        public Builder origins(String... allowed) {
            origins.addAll(List.of(requireElements(allowed, "allowed")));
            return this;
        }

        /** Sets the limits. */
        public Builder limits(Limits bounds) {
            limits = requireNonNull(bounds, "bounds");
            return this;
        }

        /** Refuses messages of clients to all others of their tenant. */
        public Builder withoutBroadcast() {
            broadcast = false;
            return this;
        }

        /** Says on {@code /ready} that it is not, too, when this does; it is given the time within which it answers. */
        public Builder readyWhen(Predicate<Duration> also) {
            ready = requireNonNull(also, "also");
            return this;
        }

        /** Listens on this address; on all without this. */
        public Builder host(String address) {
            host = requireNonNull(address, "address");
            return this;
        }

        /** Listens on this port; 7000 without this, 0 for any that is free. */
        public Builder port(int number) {
            if (number < 0 || number > LAST_PORT) {
                throw new ConfigurationException("A port is a number from 0 to " + LAST_PORT + ", not " + number);
            }
            port = number;
            return this;
        }

        /**
         * Starts the gateway.
         *
         * @throws ConfigurationException when the authenticator or the policy is missing, or the port is taken
         */
        @SuppressWarnings("CatchingUnchecked") // Jetty declares Exception.
        public Gateway start() {
            if (authenticator == null || policy == null) {
                throw new ConfigurationException("A gateway needs an authenticator and a policy; "
                        + (authenticator == null ? "give authenticator(…)" : "give policy(…)"));
            }
            RowSource source = upstream.open(policy, limits);
            try {
                return new Gateway(new WebServer(source, ready, authenticator, limits, origins, broadcast, host, port));
            } catch (Exception failed) {
                source.close();
                throw new ConfigurationException(
                        "The gateway cannot listen on " + host + ":" + port + ": " + failed.getMessage(), failed);
            }
        }
    }
}
