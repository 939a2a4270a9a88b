package dev.korm.engine;

import dev.korm.Item;
import dev.korm.query.Question;
import dev.korm.spi.RowCursor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Items as they are read. The rows are let go at the end of the stream or when it is closed, whichever is first. Where references
 * are resolved, which is done for a chunk of items at a time, the rows come in portions and hold no connection meanwhile.
 */
final class ItemStream<T> extends Spliterators.AbstractSpliterator<Item<T>> {
    private static final int CHUNK = 256;

    private final Home<T> home;
    private final TableView<T> view;
    private final RowCursor rows;
    private final ResolvePaths resolve;
    private final Deque<Item<T>> chunk = new ArrayDeque<>();
    private boolean ended;

    private ItemStream(Home<T> home, TableView<T> view, RowCursor rows, ResolvePaths resolve) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        this.home = home;
        this.view = view;
        this.rows = rows;
        this.resolve = resolve;
    }

    static <T> Stream<Item<T>> open(Home<T> home, TableView<T> view, Question question, ResolvePaths resolve) {
        RowCursor rows =
                resolve.isEmpty() ? home.layer().select(question) : home.layer().selectInPortions(question, CHUNK);
        try {
            return StreamSupport.stream(new ItemStream<>(home, view, rows, resolve), false)
                    .onClose(rows::close);
        } catch (RuntimeException | Error failed) {
            rows.close();
            throw failed;
        }
    }

    @Override
    public boolean tryAdvance(Consumer<? super Item<T>> action) {
        if (chunk.isEmpty() && !ended) {
            read();
        }
        Item<T> item = chunk.poll();
        if (item == null) {
            return false;
        }
        action.accept(item);
        return true;
    }

    private void read() {
        int size = resolve.isEmpty() ? 1 : CHUNK;
        List<StoredItem<T>> items = new ArrayList<>(size);
        try {
            while (items.size() < size && !ended) {
                if (rows.next()) {
                    items.add(StoredItem.read(view, rows, home));
                } else {
                    ended = true;
                    rows.close();
                }
            }
            chunk.addAll(resolve.resolver(home.pool()).resolve(items));
        } catch (RuntimeException | Error failed) {
            ended = true;
            rows.close();
            throw failed;
        }
    }
}
