package dev.korm.testkit.memory;

import dev.korm.ClosedException;
import dev.korm.live.PositionLostException;
import dev.korm.spi.ChangeFeed;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The changes of a {@link MemoryStore}, whose numbers are the order of its commits. For one thread. */
final class MemoryFeed implements ChangeFeed {
    private final String layer;
    private final MemoryStore store;
    private final Runnable check;
    private final Queue<RowChange> read = new ArrayDeque<>();
    private final String feed;
    private long at;
    private boolean closed;

    /** @param check is run before the store is asked, and throws where it must not be */
    MemoryFeed(String layer, MemoryStore store, @Nullable Position from, Runnable check) {
        this.layer = layer;
        this.store = store;
        this.check = check;
        this.feed = store.feed();
        this.at = from == null ? store.state().changes() : number(from);
    }

    static Position position(MemoryStore store, long number) {
        return new Position(store.feed() + ":" + number);
    }

    /** Returns the lowest number of positions of a store; the highest there is where none is of this store. */
    static long lowest(MemoryStore store, Collection<Position> positions) {
        String beginning = store.feed() + ":";
        return positions.stream()
                .map(Position::text)
                .filter(text -> text.startsWith(beginning))
                .mapToLong(text -> Long.parseLong(text.substring(beginning.length())))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private long number(Position position) {
        String text = position.text();
        String beginning = store.feed() + ":";
        if (!text.startsWith(beginning)) {
            throw lost();
        }
        return Long.parseLong(text.substring(beginning.length()));
    }

    private PositionLostException lost() {
        return new PositionLostException(
                layer,
                "The feed of the layer \"" + layer
                        + "\" cannot go on from a position: changes behind it are not kept any more, or it is another store's. Read what is there now, and go on from the position of that moment");
    }

    @Override
    public Optional<RowChange> next(Duration patience) throws InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            if (closed) {
                throw new ClosedException("The feed of the layer " + layer + " was closed; open another");
            }
            check.run();
            RowChange change = read.poll();
            if (change != null) {
                at = number(change.position());
                return Optional.of(change);
            }
            NavigableMap<Long, MemoryChange> more = store.changesAfter(at);
            if (more == null || !feed.equals(store.feed())) {
                throw lost();
            }
            more.forEach((number, noted) -> read.add(new RowChange(
                    noted.table(),
                    noted.id(),
                    noted.kind(),
                    noted.revision(),
                    Optional.of(noted.transaction()),
                    position(store, number))));
            long left = patience.toNanos() - (System.nanoTime() - begun);
            if (read.isEmpty() && left <= 0) {
                return Optional.empty();
            }
            if (read.isEmpty()) {
                store.awaitChanges(at, left);
            }
        }
    }

    @Override
    public Position position() {
        return position(store, at);
    }

    @Override
    public void close() {
        closed = true;
    }
}
