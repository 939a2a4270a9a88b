package dev.korm.gateway.kafka;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that reads records and hands them on, until it is closed. It owns its consumer. What fails is tried again after a second. */
final class Loop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.gateway.kafka");
    private static final Duration POLL = Duration.ofMillis(200);

    private final String name;
    private final KafkaConsumer<String, byte[]> consumer;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean failing;

    /**
     * Starts reading.
     *
     * @param accept takes what was read; when it throws, the same records are read again only where it has set the positions back
     */
    Loop(String name, KafkaConsumer<String, byte[]> consumer, Consumer<ConsumerRecords<String, byte[]>> accept) {
        this.name = name;
        this.consumer = consumer;
        thread = new Thread(() -> run(accept), "korm-gateway-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    boolean isFailing() {
        return failing;
    }

    private void run(Consumer<ConsumerRecords<String, byte[]>> accept) {
        try {
            while (stopped.getCount() > 0) {
                try {
                    accept.accept(consumer.poll(POLL));
                    failing = false;
                } catch (WakeupException | InterruptException stop) {
                    return;
                } catch (RuntimeException failed) {
                    if (!failing) {
                        LOG.warn("Records of {} are not read; it is tried again each second", name, failed);
                    }
                    failing = true;
                    stopped.await(1, TimeUnit.SECONDS);
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            try {
                Thread.interrupted();
                consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Broker.LIMIT));
            } catch (KafkaException failed) {
                LOG.debug("A consumer did not end cleanly", failed);
            }
        }
    }

    /** Ends it; when this returns, no record is handed on. */
    @Override
    public void close() {
        stopped.countDown();
        consumer.wakeup();
        try {
            thread.join(3 * Broker.LIMIT.toMillis());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
