package dev.korm.gateway.kafka;

import dev.korm.StoreException.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clients of the brokers, every wait of which has a limit. Safe for many threads. */
final class Broker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.gateway.kafka");
    private static final int RECORD_BYTES = 16 << 20;

    /** How long a client waits for a broker. */
    static final Duration LIMIT = Duration.ofSeconds(5);

    private final KafkaSettings settings;
    private final Admin admin;

    Broker(KafkaSettings settings) {
        this.settings = settings;
        admin = Admin.create(properties(Map.of()));
    }

    private Map<String, Object> properties(Map<String, Object> own) {
        Map<String, Object> all = new HashMap<>();
        int millis = (int) LIMIT.toMillis();
        all.put("bootstrap.servers", settings.brokers());
        all.put("request.timeout.ms", millis);
        all.put("default.api.timeout.ms", millis);
        all.put("reconnect.backoff.max.ms", 1_000);
        all.putAll(settings.client());
        all.putAll(own);
        return all;
    }

    KafkaProducer<String, byte[]> producer() {
        int millis = (int) LIMIT.toMillis();
        return new KafkaProducer<>(
                properties(Map.of(
                        "acks",
                        "all",
                        "enable.idempotence",
                        true,
                        "max.block.ms",
                        millis,
                        "delivery.timeout.ms",
                        2 * millis,
                        "max.request.size",
                        RECORD_BYTES)),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /**
     * Makes a consumer, which commits when it is told to.
     *
     * @param group empty for one that takes the partitions that it wants
     */
    KafkaConsumer<String, byte[]> consumer(Optional<String> group, String reset) {
        Map<String, Object> own = new HashMap<>();
        own.put("enable.auto.commit", false);
        own.put("auto.offset.reset", reset);
        own.put("fetch.max.wait.ms", 200);
        own.put("partition.assignment.strategy", RangeAssignor.class.getName());
        group.ifPresent(name -> own.put("group.id", name));
        return new KafkaConsumer<>(properties(own), new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** Makes the topics that are not there. */
    void require(Set<String> topics) {
        List<NewTopic> wanted = new ArrayList<>();
        for (String topic : topics) {
            NewTopic made = new NewTopic(topic, Optional.empty(), Optional.empty());
            wanted.add(topic.equals(settings.control()) ? made.configs(Map.of("cleanup.policy", "compact")) : made);
        }
        admin.createTopics(wanted).values().forEach((topic, made) -> {
            try {
                made.get(2 * LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException failed) {
                if (!(failed.getCause() instanceof TopicExistsException)) {
                    throw away("The topic " + topic + " is not there, and cannot be made", failed);
                }
            } catch (TimeoutException late) {
                throw away("The topic " + topic + " is not made in time", late);
            } catch (InterruptedException stopped) {
                throw interrupted(stopped);
            }
        });
    }

    void delete(String topic) {
        try {
            admin.deleteTopics(List.of(topic)).all().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            LOG.warn("The topic {} of answers is left behind: {}", topic, failed.toString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets a consumer take all partitions of topics, from their ends; when this returns it misses nothing that comes. */
    static void takeAll(KafkaConsumer<String, byte[]> consumer, List<String> topics) {
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : topics) {
            partitions(consumer, topic).forEach(each -> all.add(new TopicPartition(topic, each.partition())));
        }
        consumer.assign(all);
        consumer.seekToEnd(all);
        all.forEach(consumer::position);
    }

    /** Returns the partitions of a topic. One that was made a moment ago has none yet: without this wait nothing of it would ever be read. */
    private static List<PartitionInfo> partitions(KafkaConsumer<String, byte[]> consumer, String topic) {
        long end = System.nanoTime() + 2 * LIMIT.toNanos();
        while (System.nanoTime() < end) {
            List<PartitionInfo> found = consumer.partitionsFor(topic);
            if (found != null && !found.isEmpty()) {
                return found;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException stopped) {
                throw interrupted(stopped);
            }
        }
        throw new TopicException(
                "The topic " + topic + " has no partitions; look after the brokers", Outcome.NOT_APPLIED, null);
    }

    /** Sends a record, and waits until the brokers have it. */
    static void send(KafkaProducer<String, byte[]> producer, ProducerRecord<String, byte[]> sent) {
        try {
            producer.send(sent).get(3 * LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | KafkaException failed) {
            if (failed instanceof InterruptException) {
                throw interrupted(failed);
            }
            throw away("The brokers do not take a record of the topic " + sent.topic(), failed);
        } catch (TimeoutException late) {
            throw away("The brokers do not take a record of the topic " + sent.topic() + " in time", late);
        } catch (InterruptedException stopped) {
            throw interrupted(stopped);
        }
    }

    boolean isReady(Duration limit) {
        try {
            int millis = (int) limit.toMillis();
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(millis))
                    .clusterId()
                    .get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException away) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static TopicException away(String message, Throwable cause) {
        return new TopicException(message + "; look after the brokers", Outcome.NOT_APPLIED, cause);
    }

    static TopicException interrupted(Throwable cause) {
        Thread.currentThread().interrupt();
        return new TopicException("A wait for the brokers was interrupted", Outcome.UNKNOWN, cause);
    }

    @Override
    public void close() {
        admin.close(LIMIT);
    }
}
