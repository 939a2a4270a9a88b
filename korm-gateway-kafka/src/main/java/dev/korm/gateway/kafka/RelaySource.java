package dev.korm.gateway.kafka;

import dev.korm.KormException;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Identity;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableAccess;
import dev.korm.gateway.live.Subscriber;
import dev.korm.gateway.live.Subscriber.Row;
import dev.korm.gateway.live.Subscriptions.Registration;
import dev.korm.gateway.query.CallBuffers;
import dev.korm.gateway.query.QueryBuffers;
import dev.korm.gateway.query.QueryJson;
import dev.korm.gateway.query.QuerySpec;
import dev.korm.gateway.source.RowSource;
import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers from topics. Each query that is followed here is named on the control topic; each of its followers has its rows by a call, and then hears changes, found by their routing key.
 * Every process reads all partitions of the changes, each for its own clients. Safe for many threads.
 */
final class RelaySource implements RowSource {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.gateway.kafka");
    private static final int ROWS = 500;
    private static final int LOADERS = 4;
    private static final long AGAIN_MILLIS = 1_000;

    private static final Map<String, Right> RIGHTS = Map.of(
            "GET_DATA",
            Right.READ,
            "GET_SINGLE",
            Right.READ,
            "RUN_AGGREGATION",
            Right.READ,
            "ADD_SINGLE",
            Right.ADD,
            "UPDATE_SINGLE",
            Right.UPDATE,
            "DELETE_ROW",
            Right.DELETE,
            "CREATE_TABLE",
            Right.CREATE_TABLE);

    private final KafkaSettings settings;
    private final AccessPolicy policy;
    private final Broker broker;
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;
    private final CallClient calls;
    private final @Nullable HotCache cache;
    private final @Nullable CacheFeed feed;
    private final Loop changes;
    private final ScheduledThreadPoolExecutor loaders;
    private final Map<String, Followed> followed = new ConcurrentHashMap<>();
    private final AtomicLong seen = new AtomicLong();
    private boolean paused;

    RelaySource(KafkaSettings settings, Optional<CacheSettings> kept, AccessPolicy policy) {
        this.settings = settings;
        this.policy = policy;
        broker = new Broker(settings);
        KafkaProducer<String, byte[]> made = broker.producer();
        KafkaConsumer<String, byte[]> reads = broker.consumer(Optional.empty(), "latest");
        CallClient client;
        try {
            broker.require(Set.of(
                    settings.control(),
                    settings.rowEvents(),
                    settings.pageDiffs(),
                    settings.seeds(),
                    settings.requests()));
            Broker.takeAll(reads, List.of(settings.control(), settings.rowEvents(), settings.pageDiffs()));
            client = new CallClient(settings, broker, made);
        } catch (RuntimeException failed) {
            reads.close();
            made.close(Duration.ZERO);
            broker.close();
            throw failed instanceof KafkaException away ? Broker.away("The brokers do not answer", away) : failed;
        }
        producer = made;
        consumer = reads;
        calls = client;
        AtomicInteger number = new AtomicInteger();
        loaders = new ScheduledThreadPoolExecutor(LOADERS, task -> {
            Thread thread = new Thread(task, "korm-gateway-loader-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        loaders.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        loaders.setRejectedExecutionHandler(new java.util.concurrent.ThreadPoolExecutor.DiscardPolicy());
        cache = kept.map(HotCache::new).orElse(null);
        feed = cache == null ? null : new CacheFeed(settings, broker, cache);
        changes = new Loop("changes", consumer, this::accept);
    }

    /** A query that is followed here, and those who do. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and never changed.
    private record Followed(
            RoutingKey key, QuerySpec query, byte[] published, TableAccess access, List<Follower> followers) {
        boolean isSameAs(QuerySpec other) {
            return query.filter().equals(other.filter())
                    && query.order().equals(other.order())
                    && query.cursor().equals(other.cursor())
                    && query.limit() == other.limit();
        }
    }

    @Override
    public JsonNode call(Identity client, String method, String table, JsonNode payload) {
        String company = Json.text(payload, null, "companyId", "company_id");
        if (company != null && !company.equals(client.tenant())) {
            throw RefusedException.forbidden("\"companyId\" is not the tenant of this connection");
        }
        String found = table.isEmpty() ? Json.text(payload, "", "tableName", "table_name", "table") : table;
        String name = found == null ? "" : found;
        if (method.equals("TABLE_EXISTS") && find(client, name).isEmpty()) {
            return Json.MAPPER.getNodeFactory().booleanNode(false);
        }
        Right right = RIGHTS.get(method);
        if (right == null && !method.equals("TABLE_EXISTS")) {
            throw RefusedException.bad("Unknown RPC method");
        }
        TableAccess access = require(client, name, right);
        ObjectNode asked = (ObjectNode) Json.object("payload", payload);
        JsonNode data = calls.call(method, client.tenant(), name, asked, query(method, asked), Optional.empty());
        return hide(access, data);
    }

    private static Optional<QuerySpec> query(String method, JsonNode payload) {
        JsonNode wrapper = Json.member(payload, "wrapper");
        if (method.equals("RUN_AGGREGATION")) {
            return wrapper == null ? Optional.empty() : Optional.of(CallBuffers.only(QueryJson.node(wrapper)));
        }
        if (!method.equals("GET_DATA")) {
            return Optional.empty();
        }
        JsonNode binary = Json.member(payload, "queryFbB64");
        if (binary != null) {
            return Optional.of(QueryBuffers.read(binary.asString("")));
        }
        JsonNode json = Json.member(payload, "queryJson", "query_json");
        return json == null && Json.member(payload, "wrapper", "order", "cursor") == null
                ? Optional.empty()
                : Optional.of(QueryJson.read(json == null ? payload : Json.object("queryJson", json), ROWS));
    }

    private Optional<TableAccess> find(Identity client, String table) {
        return policy.access(client, table).filter(access -> !access.rights().isEmpty());
    }

    private TableAccess require(Identity client, String table, @Nullable Right right) {
        TableAccess access =
                find(client, table).orElseThrow(() -> new RefusedException("unknown_table", "There is no such table"));
        if (right != null && !access.may(right)) {
            throw RefusedException.forbidden("The policy does not allow " + right + " here");
        }
        if (!Optional.of(access).equals(policy.access(KafkaService.client(client.tenant()), table))) {
            throw RefusedException.unsupported(
                    "What this table shows depends on the user, and over topics only the tenant is known");
        }
        return access;
    }

    @Override
    public Registration follow(Identity client, String table, String hashId, QuerySpec query, Subscriber subscriber) {
        TableAccess access = require(client, table, Right.READ);
        RoutingKey key = RoutingKey.of(client.tenant(), table, hashId);
        byte[] published = QueryBuffers.write(query);
        Follower follower = new Follower(
                access.hidden().isEmpty() ? subscriber : new Hiding(subscriber, event -> hideInEvent(access, event)));
        AtomicBoolean first = new AtomicBoolean();
        Followed entered = followed.compute(key.text(), (same, present) -> {
            if (present != null && !present.isSameAs(query)) {
                throw RefusedException.bad(
                        "Another query is followed under this \"hashId\"; give each query a name of its own");
            }
            first.set(present == null);
            Followed known = present == null
                    ? new Followed(key, query, published, access, new CopyOnWriteArrayList<>())
                    : present;
            known.followers().add(follower);
            return known;
        });
        try {
            if (first.get()) {
                Broker.send(producer, new ProducerRecord<>(settings.control(), key.text(), published));
            }
            if (!load(entered, follower, true)) {
                reload(entered, follower, AGAIN_MILLIS);
            }
        } catch (RuntimeException | Error failed) {
            leave(entered, follower);
            throw failed;
        }
        AtomicBoolean ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true)) {
                leave(entered, follower);
            }
        };
    }

    private void leave(Followed entered, Follower follower) {
        follower.end();
        AtomicBoolean last = new AtomicBoolean();
        followed.computeIfPresent(entered.key().text(), (key, present) -> {
            present.followers().remove(follower);
            last.set(present.followers().isEmpty());
            return last.get() ? null : present;
        });
        if (last.get()) {
            // Nobody waits for it: whoever still follows the query elsewhere names it anew.
            loaders.execute(() ->
                    send(new ProducerRecord<>(settings.control(), entered.key().text(), null)));
        }
    }

    private void send(ProducerRecord<String, byte[]> record) {
        try {
            Broker.send(producer, record);
        } catch (KormException failed) {
            LOG.warn("A record of {} is not sent", record.topic(), failed);
        }
    }

    /**
     * Reads the rows, and tells them and what has changed since.
     *
     * @param rethrow whether a failure is told to the caller, where there are no rows at all
     * @return whether nothing is missing
     */
    private boolean load(Followed of, Follower follower, boolean rethrow) {
        String key = of.key().text();
        long fence = seen.get();
        ArrayNode rows;
        long version;
        try {
            JsonNode answer = calls.call(
                    "GET_DATA",
                    of.key().tenant(),
                    of.key().table(),
                    Json.MAPPER.createObjectNode(),
                    Optional.of(of.query()),
                    Optional.of(key));
            rows = (ArrayNode) hide(of.access(), answer.isArray() ? answer : answer.get("rows"));
            JsonNode cursor = answer.isArray() ? null : answer.get("cursor");
            String lsn = cursor == null ? null : Json.text(cursor, null, Change.LSN);
            version = lsn == null ? fence : Long.parseLong(lsn);
        } catch (TopicException away) {
            Optional<HotCache.Rows> kept = kept(key);
            if (kept.isEmpty()) {
                if (rethrow) {
                    throw away;
                }
                follower.failed(away);
                return false;
            }
            follower.rows(kept.get().lsn(), rows(of, kept.get().rows()), List.of());
            follower.failed(away);
            follower.anew();
            return false;
        } catch (NumberFormatException | ClassCastException broken) {
            throw new TopicException(
                    "The service answers with rows that are none; look after it",
                    dev.korm.StoreException.Outcome.NOT_APPLIED,
                    broken);
        }
        List<Row> told = rows(of, rows);
        seed(of, rows, version);
        return !follower.rows(version, told, keep(key, rows, told, version));
    }

    private static List<Row> rows(Followed of, ArrayNode rows) {
        List<Row> told = new ArrayList<>(rows.size());
        for (JsonNode row : rows) {
            told.add(new Row(row.path(of.access().key()).asString(""), row.toString()));
        }
        return told;
    }

    private void seed(Followed of, ArrayNode rows, long version) {
        ObjectNode seed = Json.MAPPER
                .createObjectNode()
                .put("companyId", of.key().tenant())
                .put("table", of.key().table())
                .put("hashId", of.key().hashId());
        seed.putObject("cursor").put(Change.LSN, Long.toString(version));
        seed.set("rows", rows);
        byte[] bytes = seed.toString().getBytes(StandardCharsets.UTF_8);
        loaders.execute(
                () -> send(new ProducerRecord<>(settings.seeds(), of.key().text(), bytes)));
    }

    /** Keeps the rows in the cache, and returns the changes behind them; a cache that is away is no reason not to tell the rows. */
    private List<Change> keep(String key, ArrayNode rows, List<Row> told, long version) {
        if (cache == null) {
            return List.of();
        }
        try {
            cache.store(key, rows, told.stream().map(Row::id).toList(), version);
            return cache.after(key, version).stream()
                    .map(diff -> new Change(key, diff.lsn(), Optional.empty(), false, Optional.empty(), diff.bytes()))
                    .toList();
        } catch (TopicException away) {
            LOG.warn("The rows of a query are not kept: {}", away.getMessage());
            return List.of();
        }
    }

    private Optional<HotCache.Rows> kept(String key) {
        try {
            return cache == null ? Optional.empty() : cache.rows(key);
        } catch (TopicException away) {
            LOG.warn("The cache is not asked: {}", away.getMessage());
            return Optional.empty();
        }
    }

    private void reload(Followed of, Follower follower, long millis) {
        Future<?> unused = loaders.schedule(
                () -> {
                    if (follower.isEnded()) {
                        return;
                    }
                    boolean done = false;
                    try {
                        done = load(of, follower, false);
                    } catch (KormException failed) {
                        follower.failed(failed);
                    } catch (RuntimeException unexpected) {
                        LOG.warn("Rows are not read", unexpected);
                    }
                    if (!done) {
                        reload(of, follower, AGAIN_MILLIS);
                    }
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    private void accept(ConsumerRecords<String, byte[]> records) {
        Map<String, List<Change>> together = new LinkedHashMap<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            try {
                if (record.topic().equals(settings.control())) {
                    if (record.value() == null && record.key() != null) {
                        namedAnew(record.key());
                    }
                } else if (record.value() != null) {
                    Change change =
                            record.topic().equals(settings.rowEvents()) ? Change.ofRow(record) : Change.ofPage(record);
                    together.computeIfAbsent(change.key(), any -> new ArrayList<>())
                            .add(change);
                }
            } catch (RefusedException broken) {
                LOG.warn(
                        "A record of {} at {} is passed over: {}",
                        record.topic(),
                        record.offset(),
                        broken.getMessage());
            }
        }
        together.forEach(this::tell);
        pause();
    }

    private void tell(String key, List<Change> changes) {
        changes.forEach(change -> seen.accumulateAndGet(change.lsn(), Math::max));
        Followed known = followed.get(key);
        if (known != null) {
            known.followers().forEach(follower -> {
                if (follower.hear(changes)) {
                    reload(known, follower, 0);
                }
            });
        }
    }

    /** Names a query anew that another gateway has ended while it is followed here, and reads its rows: changes in between were told to nobody. */
    private void namedAnew(String key) {
        Followed known = followed.get(key);
        if (known != null) {
            loaders.execute(() -> {
                send(new ProducerRecord<>(settings.control(), key, known.published()));
                known.followers().forEach(follower -> {
                    if (follower.anew()) {
                        reload(known, follower, 0);
                    }
                });
            });
        }
    }

    /** Reads no changes while too many clients take frames slowly. */
    private void pause() {
        int slow = 0;
        for (Followed each : followed.values()) {
            for (Follower follower : each.followers()) {
                slow += follower.isSlow() ? 1 : 0;
            }
        }
        boolean wanted = slow > settings.slowSockets();
        if (wanted != paused) {
            LOG.info("{} clients are slow: changes are {}", slow, wanted ? "not read" : "read again");
            if (wanted) {
                consumer.pause(consumer.assignment());
            } else {
                consumer.resume(consumer.assignment());
            }
            paused = wanted;
        }
    }

    private static JsonNode hide(TableAccess access, JsonNode data) {
        if (!access.hidden().isEmpty()) {
            for (JsonNode row : data.isArray() ? data : data.path("rows")) {
                if (row instanceof ObjectNode object) {
                    object.remove(access.hidden());
                }
            }
            if (data instanceof ObjectNode object) {
                object.remove(access.hidden());
            }
        }
        return data;
    }

    private static String hideInEvent(TableAccess access, String event) {
        JsonNode node = Json.object("row event", event);
        if (node.get("row") instanceof ObjectNode row) {
            row.remove(access.hidden());
        }
        return node.toString();
    }

    @Override
    public long newest() {
        return Math.max(seen.get(), ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
    }

    @Override
    public boolean isReady(Duration limit) {
        return !changes.isFailing()
                && !calls.isFailing()
                && (feed == null || !feed.isFailing())
                && broker.isReady(limit)
                && (cache == null || cache.isReady(limit));
    }

    @Override
    public int questions() {
        return followed.size();
    }

    @Override
    public void close() {
        changes.close();
        if (feed != null) {
            feed.close();
        }
        calls.close();
        loaders.shutdown();
        try {
            if (!loaders.awaitTermination(Broker.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                loaders.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            loaders.shutdownNow();
            Thread.currentThread().interrupt();
        }
        producer.close(Broker.LIMIT);
        if (cache != null) {
            cache.close();
        }
        broker.close();
    }
}
