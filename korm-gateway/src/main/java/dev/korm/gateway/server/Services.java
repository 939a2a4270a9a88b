package dev.korm.gateway.server;

import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.settings.Limits;
import dev.korm.gateway.source.RowSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** The parts that all connections share. */
record Services(
        Authenticator authenticator,
        RowSource source,
        Connections connections,
        Traffic traffic,
        Limits limits,
        boolean broadcast,
        Executor workers,
        ScheduledExecutorService timers,
        long startedNanos) {
    double uptime() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }
}
