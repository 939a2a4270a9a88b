package dev.korm.micrometer;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.gateway.Gateway;
import dev.korm.gateway.GatewayMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToLongFunction;

/**
 * The meters of a gateway. No tag tells who a client is. The registry does not keep the gateway from being forgotten.
 *
 * <pre>{@code
 * GatewayMeters.bind(gateway, registry);
 * }</pre>
 */
public final class GatewayMeters {
    private GatewayMeters() {}

    /**
     * Adds the meters of a gateway to a registry.
     *
     * @param tags of all meters, such as the name of the gateway where a program has several
     */
    public static void bind(Gateway gateway, MeterRegistry registry, Tag... tags) {
        requireNonNull(gateway, "gateway");
        requireNonNull(registry, "registry");
        Tags all = Tags.of(requireNonNull(tags, "tags"));
        gauge(gateway, registry, all, "connections", "clients that are connected", GatewayMetrics::connections);
        gauge(
                gateway,
                registry,
                all,
                "connections.slow",
                "clients that take frames slowly",
                GatewayMetrics::slowConnections);
        gauge(gateway, registry, all, "subscriptions", "subscriptions of clients", GatewayMetrics::subscriptions);
        gauge(gateway, registry, all, "queries", "different queries that are followed", GatewayMetrics::liveQueries);
        gauge(gateway, registry, all, "queued.frames", "frames that wait for clients", GatewayMetrics::queuedFrames);
        gauge(
                gateway,
                registry,
                all,
                "queued.characters",
                "characters that wait for clients",
                GatewayMetrics::queuedBytes);
        count(gateway, registry, all, "received", "messages of clients", GatewayMetrics::received);
        count(gateway, registry, all, "limited", "messages of clients that sent too many", GatewayMetrics::limited);
        count(gateway, registry, all, "sent", "frames that were given to connections", GatewayMetrics::sent);
        count(
                gateway,
                registry,
                all,
                "overflows",
                "clients whose frames were dropped, to begin anew",
                GatewayMetrics::overflows);
    }

    private static void gauge(
            Gateway gateway,
            MeterRegistry registry,
            Tags tags,
            String name,
            String what,
            ToLongFunction<GatewayMetrics> which) {
        Gauge.builder("korm.gateway." + name, gateway, each -> which.applyAsLong(each.metrics()))
                .description(what)
                .tags(tags)
                .register(registry);
    }

    private static void count(
            Gateway gateway,
            MeterRegistry registry,
            Tags tags,
            String name,
            String what,
            ToLongFunction<GatewayMetrics> which) {
        FunctionCounter.builder("korm.gateway." + name, gateway, each -> which.applyAsLong(each.metrics()))
                .description(what)
                .tags(tags)
                .register(registry);
    }
}
