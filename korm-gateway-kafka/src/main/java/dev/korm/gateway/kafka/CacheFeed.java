package dev.korm.gateway.kafka;

import dev.korm.gateway.wire.RefusedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings changes in binary form into the cache: each at least once, and the cache keeps one of several. An offset is committed when the cache has the change; where it has not, the
 * same records are read again.
 */
final class CacheFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.gateway.kafka");

    private final KafkaConsumer<String, byte[]> consumer;
    private final HotCache cache;
    private final Loop loop;

    CacheFeed(KafkaSettings settings, Broker broker, HotCache cache) {
        this.cache = cache;
        consumer = broker.consumer(Optional.of(settings.group()), "earliest");
        consumer.subscribe(List.of(settings.pageDiffs()));
        loop = new Loop("cache", consumer, this::accept);
    }

    boolean isFailing() {
        return loop.isFailing();
    }

    private void accept(ConsumerRecords<String, byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> kept = new HashMap<>();
        try {
            for (TopicPartition partition : records.partitions()) {
                for (ConsumerRecord<String, byte[]> record : records.records(partition)) {
                    keep(record);
                    kept.put(partition, new OffsetAndMetadata(record.offset() + 1));
                }
            }
        } catch (TopicException away) {
            for (TopicPartition partition : records.partitions()) {
                OffsetAndMetadata known = kept.get(partition);
                consumer.seek(
                        partition,
                        known == null ? records.records(partition).get(0).offset() : known.offset());
            }
            throw away;
        } finally {
            if (!kept.isEmpty()) {
                consumer.commitSync(kept, Broker.LIMIT);
            }
        }
    }

    private void keep(ConsumerRecord<String, byte[]> record) {
        Change change;
        try {
            change = Change.ofPage(record);
        } catch (RefusedException broken) {
            LOG.warn("A record of {} at {} is passed over: {}", record.topic(), record.offset(), broken.getMessage());
            return;
        }
        cache.add(change.key(), change.lsn(), change.bytes());
    }

    @Override
    public void close() {
        loop.close();
    }
}
