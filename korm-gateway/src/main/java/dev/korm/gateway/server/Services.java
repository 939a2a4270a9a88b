package dev.korm.gateway.server;

import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.live.Subscriptions;
import dev.korm.gateway.live.VersionClock;
import dev.korm.gateway.rpc.Calls;
import dev.korm.gateway.rpc.Tables;
import dev.korm.gateway.settings.Limits;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** The parts that all connections share. */
record Services(
        Authenticator authenticator,
        Tables tables,
        Calls calls,
        Subscriptions subscriptions,
        VersionClock versions,
        Connections connections,
        Limits limits,
        boolean broadcast,
        Executor workers,
        ScheduledExecutorService timers,
        long startedNanos) {
    double uptime() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }
}
