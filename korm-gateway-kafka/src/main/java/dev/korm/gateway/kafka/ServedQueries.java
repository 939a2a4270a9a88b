package dev.korm.gateway.kafka;

import dev.korm.KormException;
import dev.korm.StoreException;
import dev.korm.gateway.live.RowEvent;
import dev.korm.gateway.live.Subscriber;
import dev.korm.gateway.live.Subscriptions.Registration;
import dev.korm.gateway.query.QuerySpec;
import dev.korm.gateway.source.PoolSource;
import dev.korm.gateway.wire.RefusedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queries that gateways follow over topics, each by its routing key: a live query of the pool, whose changes are published. What shall be followed is noted at once; one thread at
 * a time brings a key there. Safe for many threads.
 */
final class ServedQueries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.gateway.kafka");
    private static final int MOST = 10_000;
    private static final long AGAIN_SECONDS = 2;

    private final PoolSource source;
    private final EventPublisher events;
    private final ScheduledExecutorService workers;
    private final Map<String, Served> served = new ConcurrentHashMap<>();

    ServedQueries(PoolSource source, EventPublisher events, ScheduledExecutorService workers) {
        this.source = source;
        this.events = events;
        this.workers = workers;
    }

    /** A wish: which query, or none. */
    private record Wish(Optional<QuerySpec> query, boolean tellFirst) {
        private static final Wish NONE = new Wish(Optional.empty(), false);

        boolean isSameAs(Wish other) {
            return query.map(Wish::asked).equals(other.query.map(Wish::asked));
        }

        /** Returns the query without what makes no difference to its rows. */
        private static QuerySpec asked(QuerySpec query) {
            return new QuerySpec(
                    "", query.filter(), query.order(), query.cursor(), query.limit(), 1, query.strictAfter());
        }
    }

    private static final class Served {
        private final int partition;
        private final ReentrantLock applying = new ReentrantLock();
        private volatile Wish wish = Wish.NONE;
        private Wish state = Wish.NONE;
        private @Nullable Registration registration;

        Served(int partition) {
            this.partition = partition;
        }
    }

    /** Tells the changes of one query to the topic, each with the version that the list had before it. */
    private final class Told implements Subscriber {
        private final String key;
        private boolean tellNext;
        private long before;

        Told(String key, boolean tellFirst) {
            this.key = key;
            this.tellNext = tellFirst;
        }

        @Override
        public void snapshot(long version, List<Row> rows) {
            before = version;
            if (tellNext) {
                events.publish(key, version, Change.reset(key, version));
            }
            tellNext = true;
        }

        @Override
        public void change(long version, RowEvent event) {
            events.publish(key, version, Change.row(key, event.json(), before));
            before = version;
        }

        @Override
        public void page(long version, byte[] diff) {
            throw new IllegalStateException("A pool makes no page diffs");
        }

        @Override
        public void failed(KormException failure) {
            LOG.debug("A query that is followed over topics is not answered at present", failure);
        }
    }

    /**
     * Follows a query, which a gateway has named on the control topic.
     *
     * @param tellFirst whether others may have followed it before this process did, so that they read anew
     */
    void follow(String key, int partition, QuerySpec query, boolean tellFirst) {
        if (served.size() >= MOST && !served.containsKey(key)) {
            LOG.warn("More than {} queries are followed over topics; one more is not", MOST);
            return;
        }
        wish(key, partition, new Wish(Optional.of(query), tellFirst));
        workers.execute(() -> apply(key));
    }

    /** Follows a query before its rows are read, so that no change between the two is missed. */
    void require(String key, int partition, QuerySpec query) {
        if (served.size() >= MOST && !served.containsKey(key)) {
            throw new RefusedException("overloaded", "More than " + MOST + " queries are followed over topics");
        }
        wish(key, partition, new Wish(Optional.of(query), false));
        apply(key);
    }

    void end(String key) {
        Served known = served.get(key);
        if (known != null) {
            known.wish = Wish.NONE;
            workers.execute(() -> apply(key));
        }
    }

    /** Ends those of partitions that another process has got. */
    void endAll(IntPredicate partition) {
        served.forEach((key, each) -> {
            if (partition.test(each.partition)) {
                each.wish = Wish.NONE;
                apply(key);
            }
        });
    }

    int size() {
        return served.size();
    }

    private void wish(String key, int partition, Wish wish) {
        served.compute(key, (same, present) -> {
            Served known = present == null ? new Served(partition) : present;
            known.wish = wish;
            return known;
        });
    }

    private void apply(String key) {
        Served known = served.get(key);
        if (known == null) {
            return;
        }
        known.applying.lock();
        try {
            Wish wish = known.wish;
            if (!wish.isSameAs(known.state)) {
                if (known.registration != null) {
                    known.registration.close();
                    known.registration = null;
                }
                known.state = Wish.NONE;
                if (wish.query().isPresent()) {
                    RoutingKey parts = RoutingKey.read(key);
                    known.registration = source.follow(
                            KafkaService.client(parts.tenant()),
                            parts.table(),
                            parts.hashId(),
                            wish.query().get(),
                            new Told(key, wish.tellFirst()));
                }
                known.state = wish;
            }
            if (wish.query().isEmpty()) {
                served.computeIfPresent(
                        key, (same, present) -> present.equals(known) && known.wish.equals(wish) ? null : present);
            }
        } catch (StoreException away) {
            LOG.warn("A query that is followed over topics cannot be asked; it is tried again", away);
            Future<?> unused = workers.schedule(() -> apply(key), AGAIN_SECONDS, TimeUnit.SECONDS);
        } catch (KormException refused) {
            LOG.warn("A query of the control topic is not followed: {}", refused.getMessage());
            served.remove(key, known);
        } finally {
            known.applying.unlock();
        }
    }

    @Override
    public void close() {
        endAll(partition -> true);
    }
}
