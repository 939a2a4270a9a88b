package dev.korm.engine.history;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.version.HistoryTable;
import dev.korm.engine.version.VersionKey;
import dev.korm.history.Version;
import dev.korm.history.Versions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The versions of one item. */
public final class ItemVersions<T> implements Versions<T> {
    private static final int PAGE = 50;

    private final CollectionHandle<T> home;
    private final Rn<T> rn;
    private final VersionKey key;
    private final String end;

    /** @param rn of an item of the collection */
    public ItemVersions(CollectionHandle<T> home, Rn<T> rn) {
        this(home, rn.unresolved(), VersionKey.of(home.table(), rn.id().orElseThrow()), "");
    }

    private ItemVersions(CollectionHandle<T> home, Rn<T> rn, VersionKey key, String end) {
        this.home = home;
        this.rn = rn;
        this.key = key;
        this.end = end.isEmpty() ? key.end() : end;
    }

    @Override
    public List<Version<T>> newest(int limit) {
        if (limit < 1) {
            throw new QueryException("newest(" + limit + ") asks for no version; give at least 1");
        }
        return page(end, limit);
    }

    @Override
    public Versions<T> before(Version<?> version) {
        requireNonNull(version, "version");
        if (!(version instanceof ItemVersion<?> known)
                || !VersionKey.itemOf(known.stored().key()).equals(key.item())) {
            throw new QueryException(version.rn() + " is another item than " + rn + ", whose versions are asked for");
        }
        return new ItemVersions<>(home, rn, key, known.stored().key());
    }

    @Override
    public Stream<Version<T>> stream() {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(new Pages(), Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    private List<Version<T>> page(String before, int limit) {
        HistoryTable table = new HistoryTable(home.layer());
        if (!table.isThere()) {
            return List.of();
        }
        return table.newest(key.first(), before, limit, HistoryTable.Content.ALL).stream()
                .<Version<T>>map(stored -> new ItemVersion<>(home, rn, stored))
                .toList();
    }

    /** Versions, read a page at a time. */
    private final class Pages implements Iterator<Version<T>> {
        private final Deque<Version<T>> page = new ArrayDeque<>();
        private String next = end;
        private boolean ended;

        @Override
        public boolean hasNext() {
            if (page.isEmpty() && !ended) {
                page.addAll(page(next, PAGE));
                ended = page.size() < PAGE;
                if (page.peekLast() instanceof ItemVersion<T> last) {
                    next = last.stored().key();
                }
            }
            return !page.isEmpty();
        }

        @Override
        public Version<T> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return page.remove();
        }
    }
}
