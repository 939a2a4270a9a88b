package dev.korm.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Document;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.gateway.access.Identity;
import dev.korm.gateway.live.RowEvent;
import dev.korm.gateway.live.Subscriber;
import dev.korm.gateway.query.QueryJson;
import dev.korm.gateway.query.QuerySpec;
import dev.korm.gateway.settings.Limits;
import dev.korm.gateway.source.RowSource;
import dev.korm.gateway.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Changes are not read while too many clients take frames slowly. */
@Timeout(120)
class SlowClientsTest {
    private static final QuerySpec QUERY = QueryJson.read(
            Json.object("query", "{\"order\":[{\"field\":\"n\",\"sort\":\"ASC_DEFAULT\"}],\"limit\":0}"));

    /** A client that is slow when it is told to be. */
    private static final class Client implements Subscriber {
        private final List<Long> told = new CopyOnWriteArrayList<>();
        private volatile boolean slow;

        @Override
        public void snapshot(long version, List<Row> rows) {}

        @Override
        public void change(long version, RowEvent event) {
            told.add(Json.object("event", event.json()).get("row").get("n").longValue());
        }

        @Override
        public void page(long version, byte[] diff) {}

        @Override
        public void failed(KormException failure) {}

        @Override
        public boolean isSlow() {
            return slow;
        }
    }

    private static void add(TestWorld world, long n) {
        Korm.item(Document.class, world.pool)
                .fromData(TestWorld.TODOS, Document.of(Map.of("n", n, "tenant", "acme")))
                .create();
    }

    @Test
    void changes_are_not_read_while_too_many_are_slow_and_none_is_missing_afterwards() throws Exception {
        try (TestWorld world = new TestWorld(TestBroker.shared())) {
            world.serve();
            Identity fred = Identity.of("acme", "fred");
            Client first = new Client();
            Client second = new Client();
            Client elsewhere = new Client();
            try (RowSource pausing = KafkaUpstream.of(world.settings.withSlowSockets(1))
                            .open(TestWorld.policy(), Limits.DEFAULT);
                    RowSource other = KafkaUpstream.of(world.settings).open(TestWorld.policy(), Limits.DEFAULT);
                    var one = pausing.follow(fred, "todos", "h", QUERY, first);
                    var two = pausing.follow(fred, "todos", "h", QUERY, second);
                    var three = other.follow(fred, "todos", "o", QUERY, elsewhere)) {
                first.slow = true;
                add(world, 1);
                TestWorld.await("one slow client stops nobody", () -> second.told.contains(1L));
                second.slow = true;
                add(world, 2);
                // Behind this change the gateway looks who is slow, before it reads another.
                TestWorld.await("both are told", () -> second.told.contains(2L));
                for (long n = 3; n < 20; n++) {
                    long last = n;
                    add(world, n);
                    TestWorld.await("it is on the topic", () -> elsewhere.told.contains(last));
                }
                assertThat(second.told).containsExactly(1L, 2L);
                second.slow = false;
                TestWorld.await("the changes are read again", () -> second.told.contains(19L));
                assertThat(second.told)
                        .isEqualTo(elsewhere.told)
                        .isEqualTo(first.told)
                        .hasSize(19);
                assertThat(List.of(one, two, three)).hasSize(3);
            }
        }
    }
}
