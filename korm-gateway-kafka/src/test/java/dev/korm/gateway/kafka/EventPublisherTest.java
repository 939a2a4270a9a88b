package dev.korm.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events that cannot be put on their topic: those who follow the query are told to read anew. */
@Timeout(120)
class EventPublisherTest {
    @Test
    @Tag("long")
    void a_query_whose_event_is_lost_is_told_to_read_anew_when_the_brokers_are_back() {
        try (TestBroker broker = new TestBroker();
                TestWorld world = new TestWorld(broker);
                KafkaProducer<String, byte[]> impatient = new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                broker.address(),
                                "max.block.ms",
                                5_000,
                                "request.timeout.ms",
                                1_000,
                                "delivery.timeout.ms",
                                1_500),
                        new StringSerializer(),
                        new ByteArraySerializer())) {
            String topic = world.settings.rowEvents();
            world.broker.require(java.util.Set.of(topic));
            try (EventPublisher events = new EventPublisher(impatient, topic)) {
                events.publish("a_t|h", 1, value(1));
                world.until(topic, each -> true);
                broker.stop();
                events.publish("a_t|h", 2, value(2));
                TestWorld.await("it is lost", () -> events.lost() == 1);
                events.publish("a_t|h", 3, value(3));
                broker.start();
                List<ConsumerRecord<String, byte[]>> all =
                        world.until(topic, each -> Change.ofRow(each).reset());
                Change reset = Change.ofRow(all.get(all.size() - 1));
                assertThat(reset.lsn()).isEqualTo(3);
                assertThat(reset.key()).isEqualTo("a_t|h");
                assertThat(all).extracting(each -> Change.ofRow(each).lsn()).startsWith(1L);
                TestWorld.await("all are told", () -> events.lost() == 0);
            }
        }
    }

    private static byte[] value(long lsn) {
        return Change.row("a_t|h", "{\"kind\":\"added\",\"lsn\":\"" + lsn + "\"}", lsn - 1);
    }

    @Test
    void an_event_on_the_topic_says_what_it_follows() {
        assertThat(new String(value(2), StandardCharsets.UTF_8))
                .isEqualTo("{\"routingKey\":\"a_t|h\",\"before\":\"1\",\"kind\":\"added\",\"lsn\":\"2\"}");
    }
}
