package dev.korm.kalam.live;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.error.KalamDataException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.error.KalamSubscriptionException;
import dev.korm.kalam.error.KalamTimeoutException;
import dev.korm.kalam.sql.Pages;
import dev.korm.kalam.sql.Row;
import dev.korm.kalam.sql.RowMapper;
import dev.korm.kalam.sql.SeqId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table or of a part of it, as a list that becomes right and stays right.
 *
 * <p>The server drops events without notice when many come at once, loses rows of its own snapshots, and passes deletions over when a connection is made
 * again. So the rows are loaded over HTTP in pages by the primary key, events are taken as hints that make the list right at once where they come, and the list
 * is compared with the server's: when it has been quiet for a moment after events, after each lost connection, and on a timer. Compared are the number of rows
 * and a sum over their versions, in one request; when they differ, all rows are loaded again.
 *
 * <p><b>What holds.</b> When nobody writes, the list is the server's within the settle delay and the time of a load after the last event that arrived, and
 * within the check interval when none arrived. While others write, it may lag; a row in it is one that the server had. A listener sees the newest list, not
 * each one in between. What cannot be promised: an order of changes over several rows, and that each state of a row is seen.
 *
 * <p>A thread of its own owns the rows; everything that changes them runs there.
 */
public final class LiveRows<T> implements AutoCloseable {
    /** Sums of remainders are compared, since a sum of the versions themselves does not fit 64 bits. */
    private static final long MODULUS = 1_000_003;

    /** How long differences are put down to changes that go on, before all rows are loaded again. */
    private static final Duration MOST_UNSETTLED = Duration.ofSeconds(5);

    private final Live live;
    private final LiveSelect select;
    private final LiveRowsOptions options;
    private final RowMapper<T> mapper;
    private final ScheduledExecutorService thread;
    private final List<Consumer<List<T>>> listeners = new CopyOnWriteArrayList<>();
    private final RowTable<T> rows = new RowTable<>();
    private volatile List<T> current = List.of();
    private volatile boolean isSettled;
    private volatile boolean isClosed;
    private volatile @Nullable Subscription subscription;
    private volatile long lastEvent = System.nanoTime();
    private final AtomicLong loads = new AtomicLong();
    private long differentSince;
    private @Nullable Future<?> planned;
    private long plannedFor;
    private boolean needsLoad = true;
    private boolean needsSubscription = true;

    private LiveRows(Live live, LiveSelect select, LiveRowsOptions options, RowMapper<T> mapper) {
        this.live = live;
        this.select = select;
        this.options = options;
        this.mapper = mapper;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "kalam-rows");
            made.setDaemon(true);
            return made;
        });
    }

    static <T> LiveRows<T> open(Live live, LiveSelect select, LiveRowsOptions options, RowMapper<T> mapper) {
        if (!select.columns().isEmpty() && !select.columns().contains(options.key())) {
            throw new IllegalArgumentException(
                    "Live rows need the primary key '" + options.key() + "' among their columns");
        }
        LiveRows<T> made = new LiveRows<>(live, select, options, mapper);
        try {
            made.inOwnThread(() -> {
                made.subscribe();
                made.load();
                made.plan(options.settleDelay());
            });
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
        long interval = options.checkInterval().toNanos();
        Future<?> unused = made.thread.scheduleWithFixedDelay(made::checkNow, interval, interval, TimeUnit.NANOSECONDS);
        return made;
    }

    private void subscribe() {
        LiveSelect subscribed = options.filtersAtServer() ? select : select.unfiltered();
        needsSubscription = false;
        Live.Opened opened = live.open(subscribed, SubscriptionOptions.changesOnly(), Long.MAX_VALUE, this::hand);
        subscription = opened.subscription();
        select.requireTypes(opened.subscription().feed().schema());
    }

    /** Hands events to the thread that owns the rows, and waits, so that what is too much is dropped from the bounded queue before. */
    private void hand(List<LiveEvent> events) {
        try {
            thread.submit(() -> take(events)).get();
        } catch (RejectedExecutionException | ExecutionException e) {
            // Closed; and take lets nothing out.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(List<LiveEvent> events) {
        boolean isChanged = false;
        for (LiveEvent event : events) {
            lastEvent = System.nanoTime();
            if (event instanceof LiveEvent.Inserted || event instanceof LiveEvent.Updated) {
                isChanged |= changed(event.rows());
            } else if (event instanceof LiveEvent.Deleted deleted) {
                isChanged |= deleted(deleted.rows());
            } else if (event instanceof LiveEvent.Gap || (event instanceof LiveEvent.Ack ack && ack.isResumed())) {
                needsLoad = true;
            } else if (event instanceof LiveEvent.Failed failed) {
                if (failed.error() instanceof KalamSubscriptionException ended
                        && ended.code().equals("CLOSED")) {
                    close();
                    return;
                }
                tell(failed.error());
                needsLoad = true;
                needsSubscription |= failed.isEnd();
            }
            if (!(event instanceof LiveEvent.Ack)) {
                isSettled = false;
            }
        }
        if (isChanged) {
            emit();
        }
        plan(needsLoad ? Duration.ofMillis(1) : options.settleDelay());
    }

    private boolean changed(List<Row> changed) {
        boolean isChanged = false;
        for (Row row : changed) {
            Object key = keyOf(row);
            long seq = seqOf(row);
            if (key == null) {
                continue;
            }
            LiveFilter filter = select.filter();
            isChanged |=
                    (filter == null || filter.matches(row)) ? rows.put(key, seq, mapped(row)) : rows.remove(key, seq);
        }
        return isChanged;
    }

    private boolean deleted(List<Row> deleted) {
        boolean isChanged = false;
        for (Row row : deleted) {
            Object key = keyOf(row);
            if (key != null) {
                isChanged |= rows.remove(key, seqOf(row));
            }
        }
        return isChanged;
    }

    private @Nullable T mapped(Row row) {
        try {
            return mapper.map(row);
        } catch (KalamException e) {
            tell(e);
            needsLoad = true;
            return null;
        }
    }

    private static long seqOf(Row row) {
        return row.seq().map(SeqId::value).orElse(0L);
    }

    private @Nullable Object keyOf(Row row) {
        if (!row.has(options.key()) || row.isNull(options.key())) {
            return null;
        }
        return switch (row.fields().stream()
                .filter(field -> field.name().equals(options.key()))
                .findFirst()
                .orElseThrow()
                .type()
                .kind()) {
            case BIG_INT, INT, SMALL_INT -> row.getLong(options.key());
            case TEXT -> row.getString(options.key());
            default ->
                throw new KalamDataException("The key '" + options.key() + "' is no text and no whole number", null);
        };
    }

    /** Plans a comparison, unless one is planned that comes sooner; it is put off while events come. */
    private void plan(Duration delay) {
        long due = System.nanoTime() + delay.toNanos();
        Future<?> before = planned;
        if (isClosed || (before != null && plannedFor - due <= 0)) {
            return;
        }
        if (before != null) {
            before.cancel(false);
        }
        try {
            plannedFor = due;
            planned = thread.schedule(this::checkWhenQuiet, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Closed in between.
        }
    }

    private void checkWhenQuiet() {
        planned = null;
        long quiet = System.nanoTime() - lastEvent;
        if (!needsLoad && quiet < options.settleDelay().toNanos() && !isLongUnsettled()) {
            plan(options.settleDelay());
            return;
        }
        checkNow();
    }

    private boolean isLongUnsettled() {
        return differentSince != 0 && System.nanoTime() - differentSince > MOST_UNSETTLED.toNanos();
    }

    private void checkNow() {
        if (isClosed) {
            return;
        }
        try {
            if (needsSubscription) {
                subscribe();
                needsLoad = true;
            }
            long before = lastEvent;
            if (needsLoad) {
                load();
                plan(options.settleDelay());
                return;
            }
            if (rows.isSame(digest())) {
                differentSince = 0;
                isSettled = before == lastEvent;
                return;
            }
            isSettled = false;
            if (differentSince == 0) {
                differentSince = System.nanoTime();
            }
            // What differs may be on its way; when nothing comes, it was lost.
            if ((before == lastEvent
                            && System.nanoTime() - lastEvent
                                    >= options.settleDelay().toNanos())
                    || isLongUnsettled()) {
                load();
                differentSince = 0;
            }
            plan(options.settleDelay());
        } catch (KalamException | IllegalStateException e) {
            tell(e instanceof KalamException known ? known : new KalamException("Live rows could not be asked for", e));
            needsLoad = true;
            plan(
                    options.checkInterval().compareTo(Duration.ofSeconds(1)) < 0
                            ? options.checkInterval()
                            : Duration.ofSeconds(1));
        }
    }

    private RowTable.Digest digest() {
        LiveFilter filter = select.filter();
        Row row = live.sql()
                .queryOne("SELECT count(*) AS n, coalesce(sum(_seq % " + MODULUS + "), 0) AS h FROM " + select.table()
                        + (filter == null ? "" : " WHERE (" + filter.text() + ")"))
                .orElseThrow(() -> new KalamDataException("The answer to a count has no row", null));
        return new RowTable.Digest(row.getLong("n"), row.getLong("h"));
    }

    private void load() {
        List<String> columns = new ArrayList<>(select.columns());
        if (!columns.isEmpty()) {
            columns.add("_seq");
        }
        Pages pages = Pages.of(select.table(), options.key(), columns.toArray(new String[0]))
                .size(options.pageSize());
        LiveFilter filter = select.filter();
        RowTable<T> loaded = new RowTable<>();
        live.sql()
                .pages(filter == null ? pages : pages.where("(" + filter.text() + ")"))
                .forEach(row -> {
                    Object key = keyOf(row);
                    if (key != null) {
                        loaded.put(key, seqOf(row), mapper.map(row));
                    }
                });
        needsLoad = false;
        boolean isFirst = loads.incrementAndGet() == 1;
        if (rows.replace(loaded) || isFirst) {
            emit();
        }
    }

    private void emit() {
        current = options.limit() == 0 ? rows.values() : rows.newest(options.limit());
        for (Consumer<List<T>> listener : listeners) {
            try {
                listener.accept(current);
            } catch (RuntimeException e) {
                Thread own = Thread.currentThread();
                own.getUncaughtExceptionHandler().uncaughtException(own, e);
            }
        }
    }

    private void tell(KalamException error) {
        try {
            options.onError().accept(error);
        } catch (RuntimeException e) {
            Thread own = Thread.currentThread();
            own.getUncaughtExceptionHandler().uncaughtException(own, e);
        }
    }

    /** Returns the rows as they are known now, in the order of the key, or of their changes where there is a limit. */
    public List<T> snapshot() {
        return current;
    }

    /** Tells whether the last comparison found the rows to be the server's, and no event came since. */
    public boolean isSettled() {
        return isSettled;
    }

    /** Returns how often all rows were loaded. */
    public long loads() {
        return loads.get();
    }

    /** Compares the rows with the server's now, loads them if they differ, and waits for that. */
    public void refresh() {
        inOwnThread(() -> {
            needsLoad |= !rows.isSame(digest());
            if (needsLoad) {
                load();
            }
        });
    }

    private void inOwnThread(Runnable work) {
        try {
            thread.submit(work).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new KalamException("Live rows could not be asked for", e.getCause());
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("The live rows are closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KalamTimeoutException("A wait for live rows was interrupted", false, e);
        }
    }

    /** Adds a listener, which is called with the rows now and after each change, by one thread at a time; it must not block for long. */
    public Registration onChange(Consumer<List<T>> listener) {
        requireNonNull(listener, "listener");
        try {
            thread.execute(() -> {
                listeners.add(listener);
                listener.accept(current);
            });
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("The live rows are closed", e);
        }
        return () -> listeners.remove(listener);
    }

    /** Returns the lists as a flow: a subscriber that is slow gets the newest when it asks for one, not each. */
    public Flow.Publisher<List<T>> publisher() {
        return subscriber -> new RowFlow<>(this, subscriber).start();
    }

    /** Ends the subscription and the comparisons. */
    @Override
    public void close() {
        isClosed = true;
        Subscription open = subscription;
        if (open != null) {
            open.close();
        }
        thread.shutdownNow();
    }
}
