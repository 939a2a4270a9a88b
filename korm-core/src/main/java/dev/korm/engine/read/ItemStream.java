package dev.korm.engine.read;

import dev.korm.Item;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.observe.UnclosedStreams;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.RowCursor;
import dev.korm.spi.limit.ReplicaReads;
import dev.korm.spi.limit.StatementLimit;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Items as they are read. The rows are let go at the end of the stream or when it is closed, whichever is first. Where references
 * are resolved, which is done for a chunk of items at a time, the rows come in portions and hold no connection meanwhile.
 */
public final class ItemStream<T> extends Spliterators.AbstractSpliterator<Item<T>> {
    private static final int CHUNK = 256;

    private final CollectionHandle<T> home;
    private final TableView<T> view;
    private final RowCursor rows;
    private final ResolvePaths resolve;
    private final @Nullable DirectPaths direct;
    private final StatementLimit time;
    /** Reads on as a part of the question that the stream was opened for. */
    private final Supplier<@Nullable Void> reading;

    private final Deque<Item<T>> chunk = new ArrayDeque<>();
    /** As reachable as this: who has either can still close it. */
    @SuppressWarnings("UnusedVariable") // It is held for that.
    private @Nullable Stream<Item<T>> head;

    private UnclosedStreams.@Nullable Opened opened;
    private boolean ended;

    private ItemStream(CollectionHandle<T> home, TableView<T> view, RowCursor rows, Criteria criteria) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        this.home = home;
        this.view = view;
        this.rows = rows;
        this.resolve = criteria.resolve();
        this.direct = resolve.direct(home.model());
        this.time = criteria.time().streaming();
        this.reading = ReplicaReads.carried(this::read);
    }

    public static <T> Stream<Item<T>> open(
            CollectionHandle<T> home, TableView<T> view, FederatedSelection federated, Criteria criteria) {
        RowCursor rows = criteria.resolve().isEmpty()
                ? home.layer().select(federated)
                : home.layer().selectInPortions(federated, CHUNK);
        try {
            ItemStream<T> items = new ItemStream<>(home, view, rows, criteria);
            Stream<Item<T>> stream = StreamSupport.stream(items, false).onClose(items::close);
            items.head = stream;
            items.opened = UnclosedStreams.opened(stream, home.collection().toString());
            return stream;
        } catch (RuntimeException | Error failed) {
            rows.close();
            throw failed;
        }
    }

    private void close() {
        UnclosedStreams.Opened known = opened;
        if (known != null) {
            known.closed();
        }
        rows.close();
    }

    @Override
    public boolean tryAdvance(Consumer<? super Item<T>> action) {
        if (chunk.isEmpty() && !ended) {
            time.run(reading);
        }
        Item<T> item = chunk.poll();
        if (item == null) {
            return false;
        }
        action.accept(item);
        return true;
    }

    /** Returns nothing; in the form of work that has a limit. */
    private @Nullable Void read() {
        int size = resolve.isEmpty() ? 1 : CHUNK;
        List<StoredItem<T>> items = new ArrayList<>(size);
        DirectResolver<T> resolver = direct == null ? null : new DirectResolver<>(home, direct, items);
        try {
            while (items.size() < size && !ended) {
                if (!rows.next()) {
                    ended = true;
                    close();
                } else if (resolver != null) {
                    resolver.add(view, rows);
                } else {
                    items.add(StoredItem.read(view, rows, home));
                }
            }
            chunk.addAll(resolver != null ? resolver.resolved() : resolve.resolve(home.pool(), items));
            return null;
        } catch (SchemaMovedException moved) {
            // Some items are with the caller, so the question cannot be put again as a whole.
            ended = true;
            close();
            home.layer().forget(moved.table());
            throw new StoreBusyException(
                    home.layer().layer(),
                    "The table " + moved.table() + " of the layer \""
                            + home.layer().layer()
                            + "\" was changed by another program while a stream read it in portions; begin the stream"
                            + " again",
                    StoreException.Outcome.NOT_APPLIED,
                    moved);
        } catch (RuntimeException | Error failed) {
            ended = true;
            close();
            throw failed;
        }
    }
}
