package dev.korm.kalam.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.kalam.Faults;
import dev.korm.testkit.kalam.KalamServer;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Commits whose answers are lost, broken off or refused at random: what was acknowledged is there once, what was said not to be is not. */
class KalamLostAnswersTest {
    private static final int COMMITS = 120;

    @Stored(namespace = "shop", kind = "entry")
    record Entry(Unique<String> name) {}

    @Test
    void what_is_told_of_a_commit_is_true_whatever_becomes_of_answers() {
        long seed = Long.getLong("korm.test.seed", System.nanoTime());
        Random random = new Random(seed);
        try (KalamServer server = KalamServer.start()) {
            KalamNamespace namespace = Kalam.namespace(server.url(), "app")
                    .auth(Auth.basic("admin", server.password()))
                    .client(builder -> builder.retry(RetryPolicy.reads().withWaits(Duration.ZERO, Duration.ZERO)));
            Set<String> stored = new TreeSet<>();
            Set<String> unknown = new TreeSet<>();
            // Waits before another attempt take no time.
            try (Pool pool = Korm.pool()
                    .layer("live", namespace)
                    .environment(VirtualEnvironment.seeded(seed).withThreads())
                    .open()) {
                Items<Entry> entries = Korm.item(Entry.class, pool);
                entries.prepare();
                for (int i = 0; i < COMMITS; i++) {
                    String name = "e" + i;
                    for (int faults = random.nextInt(3); faults > 0; faults--) {
                        inject(server.faults(), random.nextInt(5));
                    }
                    try {
                        entries.fromData(new Entry(Unique.of(name))).create();
                        stored.add(name);
                    } catch (StoreException failed) {
                        if (failed.outcome() == Outcome.UNKNOWN) {
                            unknown.add(name);
                        }
                    } catch (KormException other) {
                        throw new AssertionError("seed " + seed + ", " + name, other);
                    }
                }
            }
            try (Pool pool = Korm.pool().layer("live", namespace).open()) {
                Set<String> there = Korm.item(Entry.class, pool).query().stream()
                        .map(item -> item.data().name().value())
                        .collect(Collectors.toCollection(TreeSet::new));
                there.removeAll(unknown);
                stored.removeAll(unknown);
                assertThat(there).as("seed %d", seed).isEqualTo(stored);
                assertThat(unknown).as("seed %d: nearly all is found out", seed).hasSizeLessThan(COMMITS / 10);
            }
        }
    }

    private static void inject(Faults faults, int which) {
        switch (which) {
            case 0, 1 -> faults.loseAnswer();
            case 2 -> faults.breakAnswer();
            case 3 -> faults.answer(503, "{\"status\":\"error\",\"error\":{\"code\":\"NOT_LEADER\",\"message\":\"\"}}");
            default ->
                faults.answer(429, "{\"error\":\"RATE_LIMIT_EXCEEDED\",\"message\":\"\",\"retry_after_seconds\":1}");
        }
    }
}
