package dev.korm.spring;

import dev.korm.Pool;
import dev.korm.event.Ping;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;

/** The health of each layer and depot of a pool. All of them are asked at once, and one answer serves all that ask within a second. Safe for many threads. */
final class KormHealth {
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final Pool pool;
    private final Duration limit;
    private List<Ping> last = List.of();
    private long lastTime;

    KormHealth(Pool pool, Duration limit) {
        this.pool = pool;
        this.limit = limit;
    }

    /** Returns {@code layers} and {@code depots}, each with an indicator for each of its own. */
    CompositeHealthContributor contributor() {
        Map<String, HealthContributor> parts = new LinkedHashMap<>();
        parts.put("layers", of(pool.layers(), Ping.Store.LAYER));
        if (!pool.depots().isEmpty()) {
            parts.put("depots", of(pool.depots(), Ping.Store.DEPOT));
        }
        return CompositeHealthContributor.fromMap(parts);
    }

    private CompositeHealthContributor of(List<String> names, Ping.Store store) {
        Map<String, HealthIndicator> parts = new LinkedHashMap<>();
        // A slash would make it a path of the endpoint.
        names.forEach(name -> parts.put(name.replace('/', '-'), () -> health(name, store)));
        return CompositeHealthContributor.fromMap(parts);
    }

    private Health health(String name, Ping.Store store) {
        Optional<Ping> found = pings().stream()
                .filter(ping -> ping.store() == store && ping.name().equals(name))
                .findFirst();
        if (found.isEmpty()) {
            return Health.unknown().build();
        }
        Ping ping = found.get();
        Health.Builder health = ping.failure().map(Health::down).orElseGet(Health::up);
        return health.withDetail("took", ping.took().toMillis() + " ms").build();
    }

    private synchronized List<Ping> pings() {
        long now = System.nanoTime();
        if (last.isEmpty() || now - lastTime > FRESH_NANOS) {
            last = pool.ping(limit);
            lastTime = System.nanoTime();
        }
        return last;
    }
}
