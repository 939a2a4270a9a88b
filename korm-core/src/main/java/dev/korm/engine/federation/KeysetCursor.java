package dev.korm.engine.federation;

import dev.korm.ClosedException;
import dev.korm.engine.context.ItemIds;
import dev.korm.query.Keyset;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a selection that are read a portion at a time, so that whoever reads them can ask the store in between: nothing of it is
 * held while a row is at hand.
 *
 * <p>Each portion is a question of its own, for the rows behind the last one in the selection's order and then in that of the ids. So
 * the rows of a portion are all from one moment, and those of the next from a later one. A row that keeps its place in the order
 * comes once. Portions grow, up to a number of rows and of bytes.
 */
final class KeysetCursor implements RowCursor {
    /** Rows of one portion at the most. */
    private static final int MOST_ROWS = 10_000;

    /** Rows of one portion at the least, however long they are. */
    private static final int LEAST_ROWS = 16;

    /** What the rows of one portion come to, by the length of those before, in bytes. */
    private static final long MOST_BYTES = 4L << 20;

    private static final int GROWTH = 4;

    private final Layer layer;
    private final Selection selection;
    private final List<SortKey> order;
    private final Deque<@Nullable Object[]> portion = new ArrayDeque<>();
    private final boolean continues;
    private long left;
    private int size;
    private @Nullable Object @Nullable [] row;
    private @Nullable Object @Nullable [] last;
    private boolean ended;
    private boolean closed;

    private KeysetCursor(Layer layer, Selection selection, List<SortKey> order, boolean continues, int size) {
        this.layer = layer;
        this.selection = selection;
        this.order = order;
        this.continues = continues;
        this.left = selection.limit().orElse(Long.MAX_VALUE);
        this.size = size;
    }

    /**
     * Returns a cursor over the rows of a selection. Only of a layer that cannot be asked for what comes behind a row they are read as
     * they come.
     *
     * @param selection what the layer evaluates by itself; not of groups
     * @param size how many rows are read first
     */
    static RowCursor of(Layer layer, Selection selection, int size) {
        List<SortKey> order = orderThenId(selection);
        Predicate<Condition> pushdown = layer.capabilities().pushdown();
        if (order.stream().allMatch(key -> Keyset.canContinue(key, pushdown))) {
            return new KeysetCursor(layer, selection, order, true, size);
        }
        // A value that only its database can compare is that of a database all the same, whose connections are not to
        // be held.
        return order.stream()
                        .anyMatch(
                                key -> Keyset.isForeign(key.output().operands().get(0)))
                ? new KeysetCursor(layer, selection, order, false, size)
                : layer.select(selection);
    }

    private static List<SortKey> orderThenId(Selection selection) {
        List<SortKey> order = new ArrayList<>(selection.order());
        Operand id = ItemIds.operand();
        boolean has = !order.isEmpty()
                && order.get(order.size() - 1).output().operands().equals(List.of(id));
        if (!has) {
            order.add(new SortKey(new Output.Value(id), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST));
        }
        return List.copyOf(order);
    }

    @Override
    public boolean next() {
        if (closed) {
            throw new ClosedException("The rows were closed; ask again");
        }
        if (portion.isEmpty() && !ended) {
            read();
        }
        row = portion.poll();
        return row != null;
    }

    private void read() {
        // Where nothing can be asked for behind a row, all of them are one portion.
        long most = continues ? Math.min(size, left) : left;
        long bytes = 0;
        ended = true;
        try (RowCursor rows = layer.select(behind(most))) {
            while (rows.next()) {
                @Nullable Object[] values = new @Nullable Object[selection.outputs().size() + order.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = rows.get(i);
                    bytes += bytes(values[i]);
                }
                portion.add(values);
            }
        }
        left -= portion.size();
        ended = portion.size() < most || left == 0;
        last = portion.peekLast();
        size = grown(portion.size(), bytes);
    }

    private static int grown(int rows, long bytes) {
        long fitting = rows * MOST_BYTES / Math.max(1, bytes);
        return (int) Math.max(LEAST_ROWS, Math.min(Math.min(MOST_ROWS, (long) GROWTH * rows), fitting));
    }

    private static long bytes(@Nullable Object value) {
        if (value instanceof String text) {
            return 2L * text.length();
        }
        return value instanceof byte[] bytes ? bytes.length : Long.BYTES;
    }

    private Selection behind(long most) {
        List<Output> outputs = new ArrayList<>(selection.outputs());
        order.forEach(key -> outputs.add(Keyset.exact(key)));
        Condition where = selection.where();
        if (last != null) {
            List<@Nullable Object> keys = new ArrayList<>();
            for (int i = 0; i < order.size(); i++) {
                keys.add(last[selection.outputs().size() + i]);
            }
            where = new Condition.And(List.of(where, Keyset.after(order, keys)));
        }
        return new Selection(
                selection.from(),
                selection.joins(),
                outputs,
                where,
                List.of(),
                order,
                most == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(most));
    }

    @Override
    public @Nullable Object get(int column) {
        if (row == null) {
            throw new IllegalStateException("There is no row at hand");
        }
        return row[column];
    }

    /** Forgets the rows; there is nothing of the store to give back. */
    @Override
    public void close() {
        closed = true;
        row = null;
        portion.clear();
    }
}
