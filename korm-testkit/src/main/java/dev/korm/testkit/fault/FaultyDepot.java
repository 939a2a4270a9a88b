package dev.korm.testkit.fault;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import dev.korm.spi.environment.Environment;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A depot that fails when a test says so, and counts what is asked of it.
 *
 * <pre>{@code
 * FaultyDepot files = FaultyDepot.around(MemoryDepot.create());
 * files.failNext(Call.MOVE, Moment.BEFORE);
 * files.dieAt(Call.MOVE, 1, Moment.AFTER);   // from then on nothing answers, as if the program had been killed
 * }</pre>
 *
 * <p>All depots opened from one {@code FaultyDepot} fail together. Safe for many threads.
 */
public final class FaultyDepot implements DepotSource {
    private final DepotSource source;
    private final Map<Call, Long> calls = new EnumMap<>(Call.class);
    private final List<Fault> faults = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private boolean dead;

    private record Fault(Call call, long at, Moment moment, boolean deadly) {}

    private record Event(Call call, long at, Moment moment, Runnable action) {}

    private FaultyDepot(DepotSource source) {
        this.source = source;
    }

    /** Returns a depot that does what another does, until it is told to fail. */
    public static FaultyDepot around(DepotSource source) {
        return new FaultyDepot(source);
    }

    /** A call of a depot. */
    public enum Call {
        PUT,
        GET,
        STAT,
        LIST,
        COPY,
        MOVE,
        DELETE
    }

    /** The moment at which a call fails. */
    public enum Moment {
        /** Nothing has happened. */
        BEFORE,
        /** All has happened, only the answer is lost. */
        AFTER
    }

    /** The program is killed here, as far as the depot can tell. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("The test killed the program here");
        }
    }

    /** Makes the next call of a kind fail as a depot does that cannot be reached. */
    public synchronized void failNext(Call call, Moment moment) {
        fail(call, 1, moment);
    }

    /** Makes one call fail so; the first from now is 1. */
    public synchronized void fail(Call call, int nth, Moment moment) {
        faults.add(new Fault(call, count(call) + nth, moment, false));
    }

    /** Makes every call fail from one call on, by an {@link Killed error} that nobody expects; the first from now is 1. */
    public synchronized void dieAt(Call call, int nth, Moment moment) {
        faults.add(new Fault(call, count(call) + nth, moment, true));
    }

    /**
     * Has something done within one call, by the thread that makes it; the first from now is 1. After {@link Call#LIST} means when
     * the listing is closed.
     */
    public synchronized void at(Call call, int nth, Moment moment, Runnable action) {
        events.add(new Event(call, count(call) + nth, moment, action));
    }

    /** Takes back every failure and event that has not come yet, and answers again. */
    public synchronized void heal() {
        faults.clear();
        events.clear();
        dead = false;
    }

    /** Returns how many calls of a kind there were, failed ones included. */
    public synchronized long calls(Call call) {
        return count(call);
    }

    private long count(Call call) {
        return calls.getOrDefault(call, 0L);
    }

    private synchronized long begin(Call call) {
        requireAlive();
        long number = count(call) + 1;
        calls.put(call, number);
        return number;
    }

    private synchronized void requireAlive() {
        if (dead) {
            throw new Killed();
        }
    }

    private void happen(Call call, long number, Moment moment) {
        for (Event event : happening(call, number, moment)) {
            event.action().run();
        }
    }

    private synchronized List<Event> happening(Call call, long number, Moment moment) {
        return events.stream()
                .filter(event -> event.call() == call && event.at() == number && event.moment() == moment)
                .toList();
    }

    private synchronized void fail(Call call, long number, Moment moment, String depot, Rn<?> rn) {
        for (Fault fault : faults) {
            if (fault.call() == call && fault.at() == number && fault.moment() == moment) {
                if (fault.deadly()) {
                    dead = true;
                    throw new Killed();
                }
                throw new DepotUnavailableException(
                        depot,
                        rn,
                        call + " of " + rn + " failed because the test says so",
                        moment == Moment.BEFORE ? Outcome.NOT_APPLIED : Outcome.UNKNOWN,
                        null);
            }
        }
    }

    @Override
    public DepotDescription description() {
        return source.description();
    }

    @Override
    public Depot open(String name, Environment environment) {
        return new Faulty(source.open(name, environment));
    }

    private final class Faulty implements Depot {
        private final Depot depot;

        Faulty(Depot depot) {
            this.depot = depot;
        }

        private <R> R call(Call call, Rn<?> rn, Supplier<R> work) {
            long number = begin(call);
            happen(call, number, Moment.BEFORE);
            fail(call, number, Moment.BEFORE, depot.name(), rn);
            R result = work.get();
            fail(call, number, Moment.AFTER, depot.name(), rn);
            happen(call, number, Moment.AFTER);
            return result;
        }

        private <E> Stream<E> listing(Rn<?> prefix, Supplier<Stream<E>> work) {
            long number = begin(Call.LIST);
            happen(Call.LIST, number, Moment.BEFORE);
            fail(Call.LIST, number, Moment.BEFORE, depot.name(), prefix);
            Stream<E> listing = work.get();
            try {
                fail(Call.LIST, number, Moment.AFTER, depot.name(), prefix);
            } catch (RuntimeException | Error failed) {
                listing.close();
                throw failed;
            }
            return listing.onClose(() -> happen(Call.LIST, number, Moment.AFTER));
        }

        @Override
        public String name() {
            return depot.name();
        }

        @Override
        public DepotCapabilities capabilities() {
            return depot.capabilities();
        }

        @Override
        public FileStat put(Rn<?> file, InputStream content, PutOptions options) {
            return call(Call.PUT, file, () -> depot.put(file, content, options));
        }

        @Override
        public FileContent get(Rn<?> file) {
            return call(Call.GET, file, () -> depot.get(file));
        }

        @Override
        public FileContent get(Rn<?> file, ByteRange range) {
            return call(Call.GET, file, () -> depot.get(file, range));
        }

        @Override
        public Optional<FileStat> stat(Rn<?> file) {
            return call(Call.STAT, file, () -> depot.stat(file));
        }

        @Override
        public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
            return listing(prefix, () -> depot.list(prefix, skipped));
        }

        @Override
        public Stream<String> folders(Rn<?> prefix) {
            return listing(prefix, () -> depot.folders(prefix));
        }

        @Override
        public FileStat copy(Rn<?> from, Rn<?> to) {
            return call(Call.COPY, to, () -> depot.copy(from, to));
        }

        @Override
        public FileStat move(Rn<?> from, Rn<?> to) {
            return call(Call.MOVE, to, () -> depot.move(from, to));
        }

        @Override
        public boolean moveIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
            return call(Call.MOVE, to, () -> depot.moveIfNewer(from, to, newer));
        }

        @Override
        public void requireStorable(Rn<?> file) {
            depot.requireStorable(file);
        }

        @Override
        public boolean delete(Rn<?> file) {
            return call(Call.DELETE, file, () -> depot.delete(file));
        }

        @Override
        public void close() {
            depot.close();
        }
    }
}
