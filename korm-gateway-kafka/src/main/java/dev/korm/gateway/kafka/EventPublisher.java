package dev.korm.gateway.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts events of rows on their topic, in order, by a thread of its own, so that nobody who tells one waits. What cannot be put there, since the brokers are away or too much waits, is
 * lost; then the key gets a record that says to read the rows anew, as soon as that can be put there.
 */
final class EventPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.gateway.kafka");
    private static final int MOST = 50_000;

    private final KafkaProducer<String, byte[]> producer;
    private final String topic;
    private final LinkedBlockingQueue<Event> waiting = new LinkedBlockingQueue<>(MOST);
    private final Map<String, Long> lost = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean stopped;

    @SuppressWarnings("ArrayRecordComponent") // Never compared, and never changed.
    private record Event(String key, long lsn, byte[] value) {}

    EventPublisher(KafkaProducer<String, byte[]> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
        thread = new Thread(this::run, "korm-gateway-events");
        thread.setDaemon(true);
        thread.start();
    }

    /** Puts an event on the topic later; never waits. */
    void publish(String key, long lsn, byte[] value) {
        if (lost.containsKey(key)) {
            lose(key, lsn); // The list that it follows was never told.
        } else if (!waiting.offer(new Event(key, lsn, value))) {
            lose(key, lsn);
        }
    }

    int waiting() {
        return waiting.size();
    }

    /** Returns how many queries have lost an event, and are to be told so. */
    int lost() {
        return lost.size();
    }

    private void lose(String key, long lsn) {
        lost.merge(key, lsn, Math::max);
    }

    private void run() {
        try {
            while (!stopped) {
                Event next = waiting.poll(200, TimeUnit.MILLISECONDS);
                if (next != null) {
                    send(next);
                }
                if (waiting.isEmpty()) {
                    lost.forEach(this::reset);
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void reset(String key, long lsn) {
        if (stopped) {
            return;
        }
        try {
            Broker.send(producer, record(new Event(key, lsn, Change.reset(key, lsn))));
            // One that was lost since then has a greater version, and needs another record.
            lost.remove(key, lsn);
        } catch (TopicException away) {
            LOG.debug("The brokers are still away", away);
        }
    }

    private void send(Event event) {
        try {
            Future<?> unused = producer.send(record(event), (done, failed) -> {
                if (failed != null) {
                    LOG.warn("An event of a row is lost; those who follow it will read anew: {}", failed.toString());
                    lose(event.key(), event.lsn());
                }
            });
        } catch (KafkaException | IllegalStateException failed) {
            LOG.warn("An event of a row is lost; those who follow it will read anew: {}", failed.toString());
            lose(event.key(), event.lsn());
        }
    }

    private ProducerRecord<String, byte[]> record(Event event) {
        ProducerRecord<String, byte[]> made = new ProducerRecord<>(topic, event.key(), event.value());
        made.headers().add(Change.LSN, Long.toString(event.lsn()).getBytes(StandardCharsets.UTF_8));
        return made;
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join(Broker.LIMIT.toMillis());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
