package dev.korm.jdbc.postgres;

import dev.korm.KormException;
import dev.korm.jdbc.server.Replicas;
import dev.korm.jdbc.session.Sessions;
import dev.korm.spi.StatementObserver;
import dev.korm.spi.environment.Environment;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Standbys of a primary, and what each is known to have in effect. Safe for many threads.
 *
 * <p><b>What a standby must have.</b> Changes of the layer are counted. One thread asks the primary now and then for the end of its log, and notes it with the count before: who has replayed
 * the log so far has as many changes. It then asks each standby how far it has replayed. A reader compares numbers, and asks nobody: where no standby is known to have every change, the
 * primary answers, and the thread looks at once. So a change costs nothing, a selection one round trip, and what was just written is read from the primary for some milliseconds.
 *
 * <p><b>Whom it trusts.</b> Only a server in recovery, of the same system and on the primary's timeline: positions of others cannot be compared.
 *
 * <p><b>When the primary is lost,</b> nothing newer can be had: standbys that have every change go on answering. When another server has taken its place, connections to the former one are
 * used no more, and what standbys are known to have is found out anew.
 */
public final class PostgresReplicas implements Replicas {
    /** Between two looks while somebody waits for a standby to come up. */
    private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(5);

    /** Between two looks while somebody waits, but no standby comes nearer. */
    private static final long MOST = TimeUnit.MILLISECONDS.toNanos(200);

    /** Between two looks while nobody reads. */
    private static final long IDLE = TimeUnit.SECONDS.toNanos(10);

    /** Before a server that was lost is connected to again. */
    private static final long AWAY = TimeUnit.SECONDS.toNanos(1);

    /** So many ends of the log are remembered, of which a standby that is behind has replayed the older ones. */
    private static final int SAMPLES = 512;

    private static final long ENDING_SECONDS = 5;

    private final List<ReplicaServer> servers = new ArrayList<>();
    private final PrimarySearch search;
    private final Runnable retire;
    private final ServerProbe primary;
    private final Environment environment;
    private final long staleness;

    /** Between two looks while somebody reads. */
    private final long usual;

    private final ExecutorService threads;

    private final AtomicLong changes = new AtomicLong();
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean primaryLost;

    private volatile Duration longest = Duration.ZERO;
    private volatile StatementObserver observer = StatementObserver.NONE;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wanted = lock.newCondition();

    /** Guarded by the lock. */
    private boolean begun;

    private volatile boolean asked;
    private volatile boolean behind;
    private volatile boolean closed;

    // Of the thread that looks.
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final List<Long> retried = new ArrayList<>();
    private long primaryRetried;
    private @Nullable ServerRole last;
    private long pause = LEAST;

    /** An end of the primary's log, and what had happened before. */
    private record Sample(long position, ReplicaServer.Seen before) {}

    /**
     * @param search knows the servers, and finds the one that takes changes
     * @param retire has connections to a former primary used no more
     * @param staleness how old what is read may be
     */
    public PostgresReplicas(
            String layer, PrimarySearch search, Runnable retire, Duration staleness, Environment environment) {
        this.search = search;
        this.retire = retire;
        this.primary = new ServerProbe(search.probe());
        this.environment = environment;
        this.staleness = staleness.toNanos();
        this.usual = Math.min(this.staleness / 3, AWAY);
        for (PostgresServer server : search.servers()) {
            servers.add(new ReplicaServer(layer, server, environment));
            retried.add(environment.nanoTime() - AWAY);
        }
        this.primaryRetried = environment.nanoTime() - AWAY;
        this.threads = environment.executor("korm-" + layer + "-replicas", 1);
    }

    @Override
    public Optional<Sessions> current() {
        if (!asked) {
            tell(false);
        }
        long needed = changes.get();
        Optional<Long> since = primaryLost ? Optional.empty() : Optional.of(environment.nanoTime() - staleness);
        int first = next.getAndIncrement();
        for (int i = 0; i < servers.size(); i++) {
            ReplicaServer server = servers.get(Math.floorMod(first + i, servers.size()));
            Sessions sessions = server.having(needed, since);
            if (sessions != null) {
                return Optional.of(sessions);
            }
        }
        if (!behind) {
            tell(true);
        }
        return Optional.empty();
    }

    /** Tells the thread that somebody reads, and whether that one waits for a standby to come up. */
    private void tell(boolean waits) {
        lock.lock();
        try {
            asked = true;
            behind |= waits;
            if (!begun && !closed) {
                begun = true;
                threads.execute(this::watch);
            }
            wanted.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void changed() {
        changes.incrementAndGet();
    }

    @Override
    public void failed(Sessions sessions) {
        servers.stream().filter(server -> server.is(sessions)).forEach(ReplicaServer::leave);
    }

    @Override
    public void limitStatements(Duration limit) {
        longest = limit;
        servers.forEach(this::configure);
    }

    @Override
    public void observe(StatementObserver whom) {
        observer = whom;
        servers.forEach(this::configure);
    }

    private void configure(ReplicaServer server) {
        Sessions sessions = server.sessions();
        if (sessions != null) {
            sessions.limitStatements(longest);
            sessions.tap().observe(observer);
        }
    }

    private void watch() {
        try {
            long looked;
            do {
                looked = environment.nanoTime();
                boolean nearer = lookAtAll();
                pause = nearer ? LEAST : Math.min(2 * pause, MOST);
            } while (awaits(looked));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns false when there is nothing more to look at. */
    private boolean awaits(long looked) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed) {
                long most = behind ? pause : asked ? usual : IDLE;
                long left = looked + most - environment.nanoTime();
                if (left <= 0) {
                    behind = false;
                    asked = false;
                    return true;
                }
                wanted.awaitNanos(left);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether a standby has come nearer. */
    private boolean lookAtAll() {
        long before = changes.get();
        long now = environment.nanoTime();
        ServerRole role = lookAtPrimary(now);
        if (role != null) {
            samples.addLast(new Sample(role.position(), new ReplicaServer.Seen(before, now)));
            if (samples.size() > SAMPLES) {
                samples.removeFirst();
            }
        }
        boolean nearer = false;
        for (int i = 0; i < servers.size() && !closed; i++) {
            if (now - retried.get(i) >= 0 && i != search.primary()) {
                nearer |= lookAt(i, now);
            }
        }
        return nearer;
    }

    private @Nullable ServerRole lookAtPrimary(long now) {
        if (now - primaryRetried < 0) {
            return null;
        }
        try {
            ServerRole role = primary.ask();
            if (role.standby()) {
                search.forget();
                primary.drop();
                primaryRetried = now + AWAY;
                return null;
            }
            ServerRole former = last;
            if (former != null && (former.system() != role.system() || former.timeline() != role.timeline())) {
                // What was replayed of another log says nothing of this one.
                samples.clear();
                servers.forEach(ReplicaServer::leave);
                changed();
                retire.run();
            }
            last = role;
            primaryLost = false;
            return role;
        } catch (SQLException lost) {
            search.forget();
            primaryLost = true;
            primaryRetried = environment.nanoTime() + AWAY;
            return null;
        }
    }

    private boolean lookAt(int i, long now) {
        ReplicaServer server = servers.get(i);
        ServerRole of = last;
        try {
            ServerRole role = server.ask();
            configure(server);
            if (of == null) {
                return false;
            }
            if (!role.standby() && role.system() == of.system() && role.timeline() > of.timeline()) {
                // The primary that was may still answer, and knows nothing of it.
                search.forget();
                primary.drop();
                primaryRetried = now;
                retire.run();
            }
            if (!role.follows(of)) {
                server.leave(
                        role.system() != of.system()
                                ? "it holds another database than the primary"
                                : role.standby()
                                        ? "it is not known to follow the primary"
                                        : "it follows no other server, and may have taken the primary's place");
                return false;
            }
            Optional<Sample> has = newest(role.position());
            has.ifPresent(sample -> server.has(sample.before()));
            return server.cameTo(role.position());
        } catch (SQLException | KormException lost) {
            if (!closed) {
                server.leave("it cannot be reached");
            }
            retried.set(i, environment.nanoTime() + AWAY);
            return false;
        }
    }

    /** Returns the newest end of the log that was replayed. */
    private Optional<Sample> newest(long replayed) {
        Iterator<Sample> newestFirst = samples.descendingIterator();
        while (newestFirst.hasNext()) {
            Sample sample = newestFirst.next();
            if (sample.position() <= replayed) {
                return Optional.of(sample);
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            wanted.signalAll();
        } finally {
            lock.unlock();
        }
        threads.shutdownNow();
        primary.close();
        servers.forEach(ReplicaServer::close);
        try {
            threads.awaitTermination(ENDING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
