package dev.korm.engine.pool;

import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreUnavailableException;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.event.Ping;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.Layer;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks each layer and depot of a pool something small, all at once, and waits no longer than a limit. */
final class PoolPing {
    private final PoolContext context;
    private final Environment environment;
    private final Duration limit;

    /** A store that is asked. */
    private record Asked(String name, Ping.Store store, Future<Ping> answer) {}

    PoolPing(PoolContext context, Duration limit) {
        this.context = context;
        this.environment = context.environment();
        this.limit = limit;
    }

    List<Ping> run() {
        List<OpenLayer> layers = context.layers().all();
        List<Depot> depots = List.copyOf(context.depots().all());
        ExecutorService threads = environment.executor("korm-ping", layers.size() + depots.size());
        try {
            List<Asked> all = new ArrayList<>();
            for (OpenLayer layer : layers) {
                all.add(new Asked(
                        layer.layer(),
                        Ping.Store.LAYER,
                        threads.submit(() -> measured(layer.layer(), Ping.Store.LAYER, () -> ask(layer.store())))));
            }
            for (Depot depot : depots) {
                all.add(new Asked(
                        depot.name(),
                        Ping.Store.DEPOT,
                        threads.submit(() -> measured(depot.name(), Ping.Store.DEPOT, () -> ask(depot)))));
            }
            long deadline = environment.nanoTime() + limit.toNanos();
            List<Ping> pings = new ArrayList<>();
            for (Asked asked : all) {
                pings.add(answer(asked, deadline - environment.nanoTime()));
            }
            return List.copyOf(pings);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void ask(Layer layer) {
        if (layer.capabilities().has(Feature.FENCES)) {
            layer.time();
        } else {
            layer.describe(TableName.items("korm", "ping"));
        }
    }

    private static void ask(Depot depot) {
        depot.stat(Rn.parse("[rn][depot::" + depot.name() + "]:korm-ping"));
    }

    private Ping measured(String name, Ping.Store store, Runnable question) {
        long begun = environment.nanoTime();
        Optional<KormException> failure = Optional.empty();
        try {
            question.run();
        } catch (KormException failed) {
            failure = Optional.of(failed);
        }
        return new Ping(name, store, Duration.ofNanos(environment.nanoTime() - begun), failure);
    }

    private Ping answer(Asked asked, long nanos) {
        try {
            return asked.answer().get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            asked.answer().cancel(true);
            return new Ping(asked.name(), asked.store(), limit, Optional.of(late(asked)));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("A ping", Outcome.NOT_APPLIED, interrupted);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            StoreException unforeseen = new StoreUnavailableException(
                    asked.name(),
                    "The ping of \"" + asked.name() + "\" failed unforeseen; its cause says why",
                    Outcome.NOT_APPLIED,
                    failed.getCause());
            return new Ping(asked.name(), asked.store(), limit, Optional.of(unforeseen));
        }
    }

    private KormException late(Asked asked) {
        String message = "\"" + asked.name() + "\" has not answered within " + limit.toMillis()
                + " ms. Look whether its server runs and can be reached, or give ping(…) longer";
        return asked.store() == Ping.Store.LAYER
                ? new StoreUnavailableException(asked.name(), "The layer " + message, Outcome.NOT_APPLIED, null)
                : new DepotUnavailableException(asked.name(), null, "The depot " + message, Outcome.NOT_APPLIED, null);
    }
}
