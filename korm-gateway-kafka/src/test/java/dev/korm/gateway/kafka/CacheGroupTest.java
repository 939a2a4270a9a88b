package dev.korm.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.gateway.Gateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Gateways that share the changes of one group: whoever joins or leaves takes none of them along. */
@Timeout(180)
class CacheGroupTest {
    private static final int KEYS = 8;

    @Test
    void a_gateway_that_joins_and_one_that_leaves_while_changes_flow_lose_none_of_them() throws Exception {
        try (TestRedis redis = new TestRedis();
                TestWorld world = new TestWorld(TestBroker.shared());
                Admin admin = Admin.create(Map.of("bootstrap.servers", world.settings.brokers()))) {
            Gateway first = world.gateway(Optional.of(redis.settings()));
            long last = put(world, 0);
            while (sharing(admin, world) < 1) {
                last = put(world, last);
            }
            world.gateway(Optional.of(redis.settings()));
            while (sharing(admin, world) < 2) {
                last = put(world, last);
            }
            last = put(world, last);
            first.close();
            while (sharing(admin, world) != 1) {
                last = put(world, last);
            }
            long end = put(world, last);
            try (HotCache cache = new HotCache(redis.settings())) {
                TestWorld.await("the last changes are in the cache", () -> kept(cache, end % KEYS)
                        .contains(end));
                for (long key = 0; key < KEYS; key++) {
                    List<Long> expected = new ArrayList<>();
                    for (long lsn = 1; lsn <= end; lsn++) {
                        if (lsn % KEYS == key) {
                            expected.add(lsn);
                        }
                    }
                    long of = key;
                    // Those of another partition may come a little later.
                    TestWorld.await(
                            "all of a key are in the cache",
                            () -> kept(cache, of).size() >= expected.size());
                    assertThat(kept(cache, key)).containsExactlyElementsOf(expected);
                }
            }
        }
    }

    private static List<Long> kept(HotCache cache, long key) {
        return cache.after("acme_todos|" + key, 0).stream()
                .map(HotCache.Diff::lsn)
                .toList();
    }

    /** Puts some changes of each key behind a number, and returns the last one's. */
    private static long put(TestWorld world, long from) {
        long last = from;
        for (int i = 0; i < 2 * KEYS; i++) {
            last++;
            world.put(
                    world.settings.pageDiffs(),
                    "acme_todos|" + last % KEYS,
                    new byte[] {(byte) last},
                    Map.of("lsn", Long.toString(last)));
        }
        return last;
    }

    /** Returns how many members of the group have partitions to read. */
    private static long sharing(Admin admin, TestWorld world)
            throws InterruptedException, ExecutionException, TimeoutException {
        return admin
                .describeConsumerGroups(List.of(world.settings.group()))
                .all()
                .get(20, TimeUnit.SECONDS)
                .values()
                .stream()
                .flatMap(group -> group.members().stream())
                .map(MemberDescription::assignment)
                .filter(assignment -> !assignment.topicPartitions().isEmpty())
                .count();
    }
}
