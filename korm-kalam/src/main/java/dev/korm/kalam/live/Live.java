package dev.korm.kalam.live;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.http.HttpTransport;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.sql.KalamSql;
import dev.korm.kalam.sql.Names;
import dev.korm.kalam.sql.Row;
import dev.korm.kalam.sql.RowMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Live data: subscriptions, and lists of rows that stay right. All of a client share one WebSocket, which the first of them opens, and which is made
 * again when it is lost.
 */
public final class Live implements AutoCloseable {
    private static final int MAX_SQL = 60_000;

    private final LiveConnection connection;
    private final LiveSettings settings;
    private final int queued;
    private final KalamSql sql;
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();

    /** Makes what is live of a client. */
    @SuppressWarnings("exports")
    public Live(HttpTransport transport, KalamSql sql, LiveSettings settings) {
        this.connection = new LiveConnection(transport, settings);
        this.settings = settings;
        this.queued = transport.settings().limits().queuedEvents();
        this.sql = sql;
    }

    KalamSql sql() {
        return sql;
    }

    LiveSettings settings() {
        return settings;
    }

    /** Connects now, instead of with the first subscription. */
    public void connect() {
        connection.connect();
    }

    /** Disconnects and ends all subscriptions; a later one connects again. */
    public void disconnect() {
        connection.disconnect();
    }

    /** Tells whether the WebSocket is there and authenticated. */
    public boolean isConnected() {
        return connection.isConnected();
    }

    /** Tells whether a lost connection is being made again. */
    public boolean isReconnecting() {
        return connection.isReconnecting();
    }

    /** Returns how many attempts have failed since the connection was lost. */
    public int reconnectAttempts() {
        return connection.attempts();
    }

    /** Sets whether a lost connection is made again. */
    public void autoReconnect(boolean isWanted) {
        connection.reconnects(isWanted);
    }

    /** Sets how often, and with which waits, a lost connection is made again. */
    public void reconnect(RetryPolicy policy) {
        requireNonNull(policy, "policy");
        connection.policy(policy);
    }

    /** Adds a listener to the connection. */
    public Registration onConnection(ConnectionListener listener) {
        requireNonNull(listener, "listener");
        connection.add(listener);
        return () -> connection.remove(listener);
    }

    /** Subscribes to a table of {@code namespace.table}, its rows first. */
    public Subscription subscribe(String table, SubscriptionOptions options, Consumer<LiveEvent> listener) {
        requireNonNull(table, "table");
        requireNonNull(options, "options");
        requireNonNull(listener, "listener");
        return subscribeSql("SELECT * FROM " + Names.qualified(table), options, listener);
    }

    /**
     * Subscribes to {@code SELECT … FROM namespace.table [WHERE …]}, and returns when the server has accepted it. The listener is called by one thread at a
     * time. A filter that the server would ignore is refused, by the name of what it uses; an update that moves a row out of the filter has no event.
     */
    public Subscription subscribeSql(String statement, SubscriptionOptions options, Consumer<LiveEvent> listener) {
        requireNonNull(statement, "statement");
        requireNonNull(options, "options");
        requireNonNull(listener, "listener");
        return open(LiveSelect.parse(statement), options, Long.MAX_VALUE, batch -> batch.forEach(listener))
                .subscription();
    }

    /**
     * Returns the events of a statement, for each subscriber of its own subscription. No more events are handed out than were asked for; they wait in
     * a bounded queue, and what does not fit is marked by a {@link LiveEvent.Gap}.
     */
    public Flow.Publisher<LiveEvent> events(String statement, SubscriptionOptions options) {
        requireNonNull(statement, "statement");
        requireNonNull(options, "options");
        LiveSelect select = LiveSelect.parse(statement);
        return subscriber -> new EventFlow(this, select, options, subscriber).start();
    }

    /** Returns the rows of a statement as a list that becomes right and stays right. */
    public LiveRows<Row> rows(String statement, LiveRowsOptions options) {
        requireNonNull(statement, "statement");
        requireNonNull(options, "options");
        return LiveRows.open(this, LiveSelect.parse(statement), options, row -> row);
    }

    /** Returns the rows of a statement as a list of records that becomes right and stays right. */
    public <T> LiveRows<T> rows(Class<T> type, String statement, LiveRowsOptions options) {
        requireNonNull(type, "type");
        requireNonNull(statement, "statement");
        requireNonNull(options, "options");
        return LiveRows.open(this, LiveSelect.parse(statement), options, RowMapper.of(type));
    }

    /** Returns the rows of a statement as a list of what this makes of each, which becomes right and stays right. */
    public <T> LiveRows<T> rows(RowMapper<T> mapper, String statement, LiveRowsOptions options) {
        requireNonNull(mapper, "mapper");
        requireNonNull(statement, "statement");
        requireNonNull(options, "options");
        return LiveRows.open(this, LiveSelect.parse(statement), options, mapper);
    }

    /** Returns the open subscriptions. */
    public List<Subscription> subscriptions() {
        return List.copyOf(subscriptions.values());
    }

    /** Tells whether there is a subscription to a table, or of a statement, white space aside. */
    public boolean isSubscribedTo(String tableOrStatement) {
        requireNonNull(tableOrStatement, "tableOrStatement");
        String wanted = normal(tableOrStatement);
        return subscriptions.values().stream()
                .map(subscription -> normal(subscription.sql()))
                .anyMatch(sql -> sql.equals(wanted) || sql.equals(normal("SELECT * FROM " + tableOrStatement)));
    }

    private static String normal(String sql) {
        return sql.strip().replaceAll("\\s+", " ");
    }

    /** Ends all subscriptions. */
    public void unsubscribeAll() {
        subscriptions().forEach(Subscription::close);
    }

    /** A subscription with its queue. */
    record Opened(Subscription subscription, EventQueue queue) {}

    Opened open(LiveSelect select, SubscriptionOptions options, long demand, Consumer<List<LiveEvent>> handler) {
        String text = select.sql();
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_SQL) {
            throw new IllegalArgumentException("The statement of a subscription has at most " + MAX_SQL + " bytes");
        }
        String id = "s" + ids.incrementAndGet();
        @Nullable Subscription[] made = new Subscription[1];
        EventQueue[] queue = new EventQueue[1];
        Feed feed = new Feed(id, text, options, event -> queue[0].offer(event));
        queue[0] = new EventQueue(queued, settings.executor(), demand, batch -> {
            try {
                handler.accept(batch);
            } catch (RuntimeException e) {
                // A listener's fault is the listener's: the next events come all the same.
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            }
            batch.forEach(feed::handled);
            if (batch.stream().anyMatch(event -> event instanceof LiveEvent.Failed failed && failed.isEnd())) {
                Subscription ended = made[0];
                if (ended != null) {
                    ended.ended();
                }
                subscriptions.remove(id);
            }
        });
        Subscription subscription = new Subscription(feed, text, closed -> {
            subscriptions.remove(id);
            connection.unsubscribe(feed);
            queue[0].close();
        });
        made[0] = subscription;
        subscriptions.put(id, subscription);
        try {
            connection.subscribe(feed);
            select.requireTypes(feed.schema());
        } catch (RuntimeException e) {
            subscription.close();
            throw e;
        }
        return new Opened(subscription, queue[0]);
    }

    @Override
    public void close() {
        connection.close();
    }
}
